import type { Silence } from '@tapewatch/alerts';
import { openMetricStore, type MetricStore } from '@tapewatch/metric-store';
import { systemClock, type CommandResult, type Series } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { parseMatchers } from '@tapewatch/promql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BacktestRequest, BacktestResult, Firing } from './backtest-result.js';
import type { BacktestSurroundings } from './backtest-surroundings.js';
import { runBacktest, type BacktestWatch } from './run-backtest.js';
import { channels, loadGroups, route, seriesOf } from './testing/live-run.js';

const startMs = Date.UTC(2026, 0, 5, 10);
const seconds = 600;
const endMs = startMs + (seconds - 1) * 1_000;
const load: Series = seriesOf('load', { a: 'x' });
const other: Series = seriesOf('load', { a: 'y' });

/** High in seconds 60 to 89, 100 to 119 and 400 to 403 of x; y is high from 300 on. */
const isHigh = (second: number): boolean =>
  (second >= 60 && second < 90) || (second >= 100 && second < 120) || (second >= 400 && second < 404);

const rules = `
groups:
  - name: load
    rules:
      - { alert: LoadHigh, expr: load > 5, for: 5s, labels: { severity: warning }, annotations: { summary: "at {{ $value }}" } }
      - { record: load_doubled, expr: load * 2 }
      - { alert: DoubledHigh, expr: 'avg_over_time(load_doubled{a="x"}[10s]) > 10' }
      - { alert: Quoting, expr: load > 5, annotations: { summary: '{{ query "count(load)" | first | value }} {{ with printf "%s" "lo" }}{{ end }}' } }
      - { alert: Broken, expr: 'load * on () load > 0' }
`;

describe('runBacktest', () => {
  let metrics: MetricStore;
  let around: BacktestSurroundings;

  beforeAll(async () => {
    metrics = await openMetricStore({
      ...{ retentionMs: 3_600_000, budgetBytes: 2 ** 27, clock: new FakeClock(startMs), logger: new RecordingLogger() },
    });
    for (let second = 0; second < seconds; second++) {
      const values = [isHigh(second) ? 6 + (second % 10) : 1, second >= 300 ? 7 : 2];
      metrics.memory.accept({ at: startMs + second * 1_000, series: [load, other], values });
    }
    around = {
      ...{ metrics, route, rawMs: 86_400_000, externalUrl: 'http://localhost', clock: systemClock },
      groups: await loadGroups(rules),
      loadFile: ({ name, text }) => loadGroups(text, name),
      receivers: channels.map(({ receiver, name, sendResolved }) => ({
        name: receiver,
        channels: [{ name, plugin: 'test', sendResolved }],
      })),
    };
  });

  const run = (
    request: Partial<BacktestRequest>,
    change: Partial<BacktestSurroundings> = {},
    watch: BacktestWatch = {},
  ): Promise<CommandResult<BacktestResult>> =>
    runBacktest({ from: startMs, to: endMs, ...request }, { ...around, ...change }, watch);
  const done = async (...args: Parameters<typeof run>): Promise<BacktestResult> => {
    const result = await run(...args);
    if (!result.ok) throw new Error(result.refusal.message);
    return result.value;
  };
  const inSeconds = ({ labels, startsAt, firedAt, endsAt, maxValue, flap }: Firing): readonly unknown[] => [
    labels.get('a'),
    ...[startsAt, firedAt, endsAt ?? Number.NaN].map((ms) => (ms - startMs) / 1_000),
    ...[maxValue, flap],
  ];
  const second = (ms: number): number => (ms - startMs) / 1_000;

  it('says when a rule would have fired, for how long, how high and how often it flapped', async () => {
    const { rule, outcome, data, current, comparison } = await done({ rule: 'LoadHigh' });
    expect(rule).toBe('LoadHigh');
    expect(outcome.firings.map(inSeconds)).toEqual([
      ['x', 60, 65, 90, 15, false],
      ['x', 100, 105, 120, 15, true],
      ['y', 300, 305, Number.NaN, 7, false],
    ]);
    expect(outcome.firings[0]).toMatchObject({ minValue: 6, fromStart: false, annotations: { summary: 'at 15' } });
    expect(outcome.totals).toMatchObject({
      ...{ evaluations: 600, firings: 3, firingMs: (25 + 15 + 294) * 1_000, longestMs: 294_000 },
      ...{ pendingOnly: 1, flaps: 1 },
    });
    expect(outcome.rules).toMatchObject([{ group: 'load', kind: 'promql', query: 'load > 5', forMs: 5_000 }]);
    expect(data).toMatchObject({
      ...{ completeness: 1, holes: [] },
      selectors: [{ selector: '{__name__="load"}', series: 2, coverage: 1 }],
    });
    expect([outcome.recorded, outcome.faults, current, comparison]).toEqual([[], [], undefined, undefined]);
  });

  it('counts as flaps what fires again within the time that was asked for', async () => {
    expect((await done({ rule: 'LoadHigh', flapWithinMs: 10_000 })).outcome.totals.flaps).toBe(0);
    expect((await done({ rule: 'LoadHigh', flapWithinMs: 15_000 })).outcome.totals.flaps).toBe(1);
  });

  it('says what each channel would have been told, and what not, and why', async () => {
    const { outcome } = await done({ rule: 'LoadHigh', to: startMs + 200_000 });
    const told = outcome.notifications.map(({ at, channel, status, outcome: became, reason }) => [
      ...[second(at), channel, status],
      ...[became === 'sent' ? 'sent' : reason],
    ]);
    // The pager at once, the end once its interval is over; the mail after group_wait, and of no end.
    expect(told).toEqual([
      [65, 'pager/call', 'firing', 'sent'],
      [68, 'ops/mail', 'firing', 'sent'],
      [85, 'pager/call', 'firing', 'sent'],
      [88, 'ops/mail', 'firing', 'sent'],
      [90, 'pager/call', 'resolved', 'sent'],
      [90, 'ops/mail', 'resolved', 'send_resolved_off'],
      [105, 'pager/call', 'firing', 'sent'],
      [108, 'ops/mail', 'firing', 'sent'],
      [120, 'pager/call', 'resolved', 'sent'],
      [120, 'ops/mail', 'resolved', 'send_resolved_off'],
    ]);
    expect(outcome.totals).toMatchObject({ sent: 8, notSent: 2 });
    expect(outcome.notifications[0]?.alerts[0]?.labels.toObject()).toEqual({
      ...{ alertname: 'LoadHigh', a: 'x', severity: 'warning' },
    });
  });

  it('says of alerts that are over too soon, and of receivers without a channel, that nobody is told', async () => {
    const file = {
      name: 'short.yaml',
      text: 'groups: [{ name: g, rules: [{ alert: Short, expr: "load{a=\\"x\\"} > 5 and on () vector(time() % 60) < 2", labels: { b: c } }] }]',
    };
    const { outcome } = await done({ file, to: startMs + 300_000 });
    expect(outcome.notifications.filter(({ channel }) => channel === 'ops/mail')).toMatchObject([
      { status: 'firing', outcome: 'not_sent', reason: 'ended_before_told' },
    ]);
    const nobody = await done({ rule: 'LoadHigh' }, { receivers: [{ name: 'ops', channels: [] }] });
    expect(new Set(nobody.outcome.notifications.map(({ reason }) => reason))).toEqual(new Set(['no_channel']));
    const early = await done({ rule: 'LoadHigh', to: startMs + 66_000 });
    expect(early.outcome.notifications).toMatchObject([
      { channel: 'pager/call', outcome: 'sent' },
      { channel: 'ops/mail', outcome: 'not_sent', reason: 'range_ended' },
    ]);
  });

  it('says what would have held a notification back: an interval, a silence where it is asked for, another alert', async () => {
    const muting = { ...route, routes: [], muteTimeIntervals: ['morning'] };
    const windows = new Map([['morning', (at: number) => at < startMs + 200_000]]);
    const muted = await done({ rule: 'LoadHigh' }, { route: muting, timeWindows: windows });
    expect(muted.outcome.notifications.map(({ at, outcome, reason }) => [second(at), reason ?? outcome])).toEqual([
      [68, 'muted by time interval morning'],
      [108, 'muted by time interval morning'],
      [308, 'sent'],
      ...Array.from({ length: 14 }, (_, i) => [328 + 20 * i, 'sent']),
    ]);
    const silence: Silence = {
      ...{
        id: 'e0f9d8a0-0000-4000-8000-000000000000',
        matchers: parseMatchers('{a="x"}'),
        createdBy: 'me',
        comment: '',
      },
      ...{ startsAt: startMs, endsAt: startMs + 95_000, updatedAt: endMs, ended: true },
    };
    const silences = () => Promise.resolve([silence]);
    const to = startMs + 125_000;
    const reasons = ({ outcome }: BacktestResult): readonly string[] =>
      outcome.notifications.map(({ at, channel, reason }) => `${second(at)} ${channel} ${reason ?? 'sent'}`);
    const silenced = reasons(await done({ rule: 'LoadHigh', to, withSilences: true }, { silences }));
    expect(silenced.filter((line) => line.includes('pager'))).toEqual([
      `65 pager/call silence ${silence.id}`,
      '105 pager/call sent',
      '120 pager/call sent',
    ]);
    expect(reasons(await done({ rule: 'LoadHigh', to }, { silences }))).toContain('65 pager/call sent');
    const inhibitRules = [{ sourceMatchers: ['a="x"'], targetMatchers: ['a="y"'], equal: ['alertname'] }];
    const file = { name: 'both.yaml', text: 'groups: [{ name: g, rules: [{ alert: Both, expr: "load > 1" }] }]' };
    const inhibited = await done(
      { file, to: startMs + 70_000 },
      { inhibitRules, route: { ...muting, muteTimeIntervals: [] } },
    );
    expect(inhibited.outcome.notifications.at(-1)).toMatchObject({ reason: 'inhibited by {a="x", alertname="Both"}' });
  });

  it('evaluates the recording rules that a rule reads, from before the range', async () => {
    const from = startMs + 95_000;
    const { outcome } = await done({ rule: 'DoubledHigh', from });
    expect(outcome.recorded).toEqual(['load_doubled']);
    const [first] = outcome.firings;
    const whole = await done({ rule: 'DoubledHigh' });
    // As if it had run all the time: the average of ten seconds is high until 95 and again some seconds after 100.
    expect(whole.outcome.firings.filter(({ firedAt }) => firedAt > from).map(inSeconds)).toEqual(
      outcome.firings.filter(({ firedAt }) => firedAt > from).map(inSeconds),
    );
    expect(first).toBeDefined();
  });

  it('answers the queries of templates', async () => {
    const { outcome } = await done({ rule: 'Quoting', to: startMs + 100_000 });
    expect(outcome.firings[0]?.annotations).toEqual({ summary: '2 ' });
  });

  it('tells what went wrong in evaluations, once for each reason', async () => {
    const { outcome } = await done({ rule: 'Broken', to: startMs + 9_000 });
    expect(outcome.faults).toMatchObject([{ rule: 'Broken', count: 10, firstAt: startMs, lastAt: startMs + 9_000 }]);
    expect(outcome.firings).toEqual([]);
  });

  it('compares a rule in a file with the one as it is', async () => {
    const file = {
      name: 'new.yaml',
      text: `groups: [{ name: g, rules: [{ alert: LoadHigh, expr: load > 5, for: 18s, labels: { severity: critical } }] }]`,
    };
    const { outcome, current, comparison } = await done({ file });
    expect(outcome.firings.map(inSeconds).map(([, , firedAt]) => firedAt)).toEqual([78, 118, 318]);
    expect(current?.firings).toHaveLength(3);
    expect(comparison).toMatchObject({ both: 3, onlyCurrentTotal: 0, onlyNewTotal: 0, firingMs: -39_000 });
    const sharper = await done({ file: { ...file, text: file.text.replace('18s', '25s') } });
    expect(sharper.comparison).toMatchObject({ both: 2, onlyCurrentTotal: 1, onlyNewTotal: 0 });
    expect(sharper.comparison?.onlyCurrent.map(inSeconds)).toEqual([['x', 100, 105, 120, 15, true]]);
    const looser = await done({ file: { ...file, text: file.text.replace('18s', '0s') } });
    expect(looser.comparison).toMatchObject({ both: 3, onlyNewTotal: 1 });
  });

  it('takes files of our own form, and a rule that there is not yet', async () => {
    const file = {
      name: 'own.yaml',
      text: 'rules: [{ name: LoadOver, type: threshold, metric: load, above: 5, for: 5s }]',
    };
    const { outcome, current, comparison } = await done({ file });
    expect(outcome.firings).toHaveLength(3);
    expect([current, comparison]).toEqual([undefined, undefined]);
  });

  it('goes by what minutes left where no more is kept, and says so', async () => {
    const { data, outcome } = await done({ rule: 'LoadHigh' }, { rawMs: 120_000 });
    expect(data.minutesUntil).toBeGreaterThanOrEqual(endMs - 120_000);
    // What the last second of a minute was, holds until that of the next: of x the second, of y from the sixth on.
    expect(outcome.firings.map(inSeconds)).toMatchObject([
      ['x', 119, 124, 179, 15, false],
      ['y', 359, 364, Number.NaN, 7, false],
    ]);
  });

  it('reports its progress, breathes, and can be cut short', async () => {
    const shares: number[] = [];
    const stop = new AbortController();
    let breaths = 0;
    const result = await run(
      { rule: 'LoadHigh' },
      {},
      {
        signal: stop.signal,
        progress: (at, total) => {
          shares.push(at / total);
          if (shares.length === 3) stop.abort();
        },
        breathe: () => {
          breaths++;
          return undefined;
        },
      },
    );
    expect(result).toMatchObject({
      ok: false,
      refusal: { code: 'UNAVAILABLE', message: 'the backtest was cancelled' },
    });
    expect(shares).toEqual([0, 60_000, 120_000].map((ms) => ms / (endMs - startMs)));
    expect(breaths).toBe(121);
    const late = await run({ rule: 'LoadHigh' }, {}, { deadlineMs: -1 });
    expect(late).toMatchObject({ ok: false, refusal: { code: 'QUERY_LIMIT' } });
  });

  it.each<[string, Partial<BacktestRequest>, object]>([
    [
      'an unknown rule',
      { rule: 'LoadHihg' },
      { code: 'NOT_FOUND', message: expect.stringContaining('Did you mean "LoadHigh"?') as string },
    ],
    ['a recording rule', { rule: 'load_doubled' }, { code: 'INVALID_INPUT', path: 'rule' }],
    ['no rule', {}, { code: 'INVALID_INPUT', path: 'rule' }],
    [
      'a range that is upside down',
      { rule: 'LoadHigh', from: endMs, to: startMs },
      { code: 'INVALID_INPUT', path: 'from' },
    ],
    ['a range before all history', { rule: 'LoadHigh', from: 0, to: 1_000 }, { code: 'INVALID_INPUT', path: 'to' }],
    [
      'a range in the future',
      { rule: 'LoadHigh', from: endMs + 5_000, to: endMs + 9_000 },
      { code: 'INVALID_INPUT', path: 'from' },
    ],
    ['a range that is too long', { rule: 'LoadHigh', from: endMs - 32 * 86_400_000 }, { code: 'QUERY_LIMIT' }],
    [
      'a file with several alerts',
      { file: { name: 'f.yaml', text: rules } },
      { code: 'INVALID_INPUT', message: expect.stringContaining('LoadHigh, DoubledHigh') as string },
    ],
    [
      'a file without the rule',
      { rule: 'X', file: { name: 'f.yaml', text: rules } },
      { code: 'NOT_FOUND', message: 'no rule of f.yaml is called X' },
    ],
    [
      'a file without rules',
      { file: { name: 'f.yaml', text: '' } },
      { code: 'INVALID_INPUT', message: 'f.yaml holds no rule that has alerts' },
    ],
    [
      'a file with faults',
      { file: { name: 'f.yaml', text: 'groups: [{ name: g, rules: [{ alert: A, expr: "load >" }] }]' } },
      { code: 'INVALID_INPUT', path: 'text', message: expect.stringMatching(/^f\.yaml:1:\d+ /) as string },
    ],
  ])('refuses %s', async (_what, request, refusal) => {
    expect(await run(request)).toMatchObject({ ok: false, refusal });
  });

  it('refuses what minutes cannot tell, and says from when on it could', async () => {
    expect(await run({ rule: 'DoubledHigh' }, { rawMs: 120_000 })).toMatchObject({
      ok: false,
      refusal: {
        code: 'INVALID_INPUT',
        path: 'from',
        message: expect.stringContaining('begin at 2026-01-05T10:08:09') as string,
      },
    });
  });
});

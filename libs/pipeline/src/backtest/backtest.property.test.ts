import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMetricStore, type MetricStore, type MetricStoreOptions } from '@tapewatch/metric-store';
import { systemClock, type Series } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import type { RuleGroup } from '@tapewatch/rules';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BacktestResult } from './backtest-result.js';
import { runBacktest } from './run-backtest.js';
import { channels, LiveRun, loadGroups, route, seriesOf, type LiveFiring, type Second } from './testing/live-run.js';

/** Not a multiple of anything: groups have places of their own in their intervals. */
const startMs = Date.UTC(2026, 0, 5, 10, 0, 7);

const expressions = [
  'm > 5',
  'avg_over_time(m[7s]) > 5',
  'max by (a) (m) > 5 unless on (a) n == 1',
  'absent(m{a="x"})',
  'rate(c[5s]) > 1',
  'm > 5 and m offset 3s > 4',
  'max_over_time(m[20s:2s]) > 7',
  'twice > 10',
  'count by (a) (ALERTS{alertname="Rule"}) > 0 or m > 6',
];
const gauges = ['x', 'y', 'z'].map((a) => seriesOf('m', { a, b: a === 'z' ? 'two' : 'one' }));
const silencer = seriesOf('n', { a: 'x' });
const counter = seriesOf('c', { a: 'x' });

const promqlText = fc
  .record({
    expr: fc.constantFrom(...expressions),
    forS: fc.constantFrom(0, 0, 3, 8),
    keepS: fc.constantFrom(0, 0, 4),
    intervalS: fc.constantFrom(1, 1, 1, 3, 5),
    offsetS: fc.constantFrom(0, 0, 2),
    limit: fc.constantFrom(0, 0, 0, 2),
    recordFirst: fc.boolean(),
  })
  .map(({ expr, forS, keepS, intervalS, offsetS, limit, recordFirst }) => {
    const recording = `  - name: recording\n    rules: [{ record: twice, expr: "m * 2" }]\n`;
    const alerting =
      `  - name: alerting\n    interval: ${intervalS}s\n    query_offset: ${offsetS}s\n    limit: ${limit}\n    rules:\n` +
      `      - { alert: Rule, expr: '${expr}', for: ${forS}s, keep_firing_for: ${keepS}s, labels: { severity: warning }, annotations: { summary: "{{ $value }}" } }\n`;
    return `groups:\n${recordFirst ? recording + alerting : alerting + recording}`;
  });

/** Two levels, another threshold to clear, n of m, and every choice for want of data. */
const thresholdText = fc
  .record({
    forS: fc.constantFrom(0, 3),
    criticalForS: fc.constantFrom(1, 4),
    matches: fc.constantFrom('', 'matches: { times: 2, of: 4 }'),
    noData: fc.constantFrom('ok', 'keep', 'alert'),
    intervalS: fc.constantFrom(1, 1, 3),
    where: fc.constantFrom('', 'where: { a: x }'),
  })
  .map(({ forS, criticalForS, matches, noData, intervalS, where }) =>
    [
      `rules:\n  - name: Rule\n    type: threshold\n    metric: m\n    for: ${forS}s\n    interval: ${intervalS}s\n    no_data: ${noData}`,
      `    warning: { above: 3, clear: 2 }\n    critical: { above: 6, clear: 4, for: ${criticalForS}s }`,
      ...[matches, where].filter((text) => text !== '').map((text) => `    ${text}`),
      '',
    ].join('\n'),
  );

const rulesText = fc.oneof(promqlText, thresholdText);

/** Values that cross 5 now and then, and series that end and come back. */
const course = fc.array(
  fc.record({
    values: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }),
    there: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }),
    silent: fc.boolean(),
    counted: fc.integer({ min: 0, max: 3 }),
    lasts: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 3, maxLength: 12 },
);

const cases = fc.record({ rules: rulesText, course });

function secondsOf(steps: typeof course extends fc.Arbitrary<infer Steps> ? Steps : never): readonly Second[] {
  let count = 0;
  return steps.flatMap(({ values, there, silent, counted, lasts }) =>
    Array.from({ length: lasts }, () => {
      count += counted;
      const second = new Map<Series, number>([
        [silencer, silent ? 1 : 0],
        [counter, count],
      ]);
      gauges.forEach((series, i) => {
        if ((there[i] as number) > 1) second.set(series, values[i] as number);
      });
      return second;
    }),
  );
}

async function backtest(groups: readonly RuleGroup[], metrics: MetricStore, from: number, to: number) {
  const result = await runBacktest(
    { rule: 'Rule', from, to },
    {
      ...{ metrics, groups, route, rawMs: 86_400_000, externalUrl: 'http://localhost', clock: systemClock },
      loadFile: () => Promise.reject(new Error('no file')),
      receivers: channels.map(({ receiver, name, sendResolved }) => ({
        name: receiver,
        channels: [{ name, plugin: 'test', sendResolved }],
      })),
    },
  );
  if (!result.ok) throw new Error(result.refusal.message);
  return result.value;
}

function firingsOf({ outcome }: BacktestResult): readonly LiveFiring[] {
  return outcome.firings.map(({ labels, startsAt, firedAt, endsAt }) => ({
    ...{ labels: labels.toString(), startsAt, firedAt, endsAt },
  }));
}

const byStart = (a: LiveFiring, b: LiveFiring): number =>
  a.firedAt - b.firedAt || (a.labels < b.labels ? -1 : a.labels > b.labels ? 1 : 0);

function options(clock: FakeClock): Omit<MetricStoreOptions, 'history'> {
  return { retentionMs: 3_600_000, budgetBytes: 2 ** 27, clock, logger: new RecordingLogger() };
}

describe('runBacktest', () => {
  it('finds what the engine, the alerts and the notifier did when they ran over the same samples', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rules, course: steps }) => {
        const seconds = secondsOf(steps);
        const groups = await loadGroups(rules);
        const clock = new FakeClock(startMs - 1_000);
        const metrics = await openMetricStore(options(clock));
        const live = new LiveRun(groups, metrics, clock);
        await live.start();
        for (const second of seconds) await live.second(second);
        const endMs = startMs + (seconds.length - 1) * 1_000;
        const result = await backtest(groups, metrics, startMs, endMs);
        expect([...firingsOf(result)].sort(byStart)).toEqual([...(await live.firings())].sort(byStart));
        expect(result.outcome.totals.pendingOnly).toBe(live.pendingOnly);
        expect(toldOf(result)).toEqual(toldLive(live, endMs));
        await live.stop();
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('goes over a time in which the program did not run as the program did, from the disk', async () => {
    const twice = fc.record({ first: cases, then: course, awayS: fc.integer({ min: 12, max: 200 }) });
    await fc.assert(
      fc.asyncProperty(twice, async ({ first, then, awayS }) => {
        const [before, after] = [secondsOf(first.course), secondsOf(then)];
        const folder = await mkdtemp(join(tmpdir(), 'tapewatch-backtest-'));
        const groups = await loadGroups(first.rules);
        const clock = new FakeClock(startMs - 1_000);
        const open = (): Promise<MetricStore> =>
          openMetricStore({ ...options(clock), history: { folder, rawMs: 86_400_000 * 7, rollupMs: 86_400_000 * 7 } });
        let metrics = await open();
        try {
          const live = new LiveRun(groups, metrics, clock);
          await live.start();
          for (const second of before) await live.second(second);
          await live.stop();
          await metrics.settled();
          await metrics.stop();
          await clock.advance(awayS * 1_000);
          metrics = await open();
          await live.start(metrics);
          for (const second of after) await live.second(second);
          const endMs = clock.now() - 1_000;
          const result = await backtest(groups, metrics, startMs, endMs);
          expect([...firingsOf(result)].sort(byStart)).toEqual([...(await live.firings())].sort(byStart));
          const holeFrom = startMs + before.length * 1_000;
          expect(result.data.holes).toEqual([{ from: holeFrom, to: holeFrom + awayS * 1_000 + 1_000 }]);
          await live.stop();
        } finally {
          await metrics.stop();
          await rm(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 6 },
    );
  }, 120_000);
});

interface Told {
  readonly second: number;
  readonly channel: string;
  readonly status: string;
  readonly alerts: readonly string[];
}

function toldOf({ outcome }: BacktestResult): readonly string[] {
  return outcome.notifications
    .filter((notification) => notification.outcome === 'sent')
    .map(({ at, channel, status, alerts }) =>
      line({
        second: Math.floor(at / 1_000),
        ...{ channel, status },
        alerts: alerts.map((alert) => `${alert.labels.toString()} ${alert.status}`),
      }),
    )
    .sort();
}

/** What fell due on the second of the last tick is looked at after it. */
function toldLive(live: LiveRun, endMs: number): readonly string[] {
  return live.told
    .filter(({ at }) => at < endMs + 1_000)
    .map(({ at, idempotencyKey, status, alerts }) =>
      line({
        second: Math.floor(at / 1_000),
        channel: idempotencyKey.split('/').slice(0, 2).join('/'),
        status,
        alerts: alerts.map((alert) => `${seriesOf('', alert.labels).labels.toString()} ${alert.status}`),
      }),
    )
    .sort();
}

function line({ second, channel, status, alerts }: Told): string {
  return `${second} ${channel} ${status} ${[...alerts].sort().join(' ')}`;
}

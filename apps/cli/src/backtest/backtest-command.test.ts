import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@tapewatch/config';
import { StartError, systemClock } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { openAccess } from '@tapewatch/pipeline/access';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { english } from '../messages/english.js';
import { korean } from '../messages/korean.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import type { BacktestArguments, WantedBacktest } from './backtest-arguments.js';
import { backtestCommand, type BacktestPlace } from './backtest-command.js';
import { folderPlace, serverPlace } from './backtest-places.js';
import type { BacktestView, FiringView } from './backtest-view.js';

const nowMs = Date.UTC(2026, 0, 31, 12);

const firing: FiringView = {
  labels: { alertname: 'LoadHigh', a: 'x' },
  annotations: {},
  startsAt: '2026-01-31T10:00:00.000Z',
  firedAt: '2026-01-31T10:00:05.000Z',
  endsAt: '2026-01-31T10:01:05.000Z',
  fromStart: false,
  maxValue: 12.3456789,
  minValue: 6,
  flap: false,
};

const view: BacktestView = {
  ...{ rule: 'LoadHigh', from: '2026-01-31T10:00:00.000Z', to: '2026-01-31T11:00:00.000Z', tookMs: 1_800 },
  data: {
    completeness: 0.98765,
    holes: [{ from: '2026-01-31T10:30:00.000Z', to: '2026-01-31T10:30:44.000Z' }],
    minutesUntil: '2026-01-31T10:10:00.000Z',
    selectors: [
      { selector: 'load', series: 2, coverage: 0.9999 },
      { selector: 'gone', series: 0, coverage: 0 },
    ],
  },
  outcome: {
    rules: [{ group: 'g', kind: 'promql', query: 'load\n > 5', forMs: 5_000, keepFiringForMs: 0, intervalMs: 1_000 }],
    recorded: ['load_doubled'],
    firings: [firing, { ...firing, firedAt: '2026-01-31T10:02:00.000Z', endsAt: null, fromStart: true, flap: true }],
    notifications: [
      {
        ...{ at: '2026-01-31T10:00:05.000Z', channel: 'desk', receiver: 'desk', status: 'FIRING', groupLabels: {} },
        ...{ sent: true, reason: null, alerts: [{ labels: firing.labels, status: 'FIRING' }] },
      },
      {
        ...{ at: '2026-01-31T10:00:09.000Z', channel: '', receiver: 'nobody', status: 'RESOLVED', groupLabels: {} },
        ...{ sent: false, reason: 'no_channel', alerts: [{ labels: firing.labels, status: 'RESOLVED' }] },
      },
    ],
    totals: {
      ...{ evaluations: 3600, firings: 1202, firingMs: 120_000, longestMs: 60_000 },
      ...{ pendingOnly: 1, flaps: 1, sent: 1, notSent: 1 },
    },
    faults: [{ rule: 'LoadHigh', reason: 'boom', count: 2, firstAt: '', lastAt: '' }],
  },
  current: null,
  comparison: {
    ...{ both: 1, onlyCurrentTotal: 1, onlyNewTotal: 0, onlyCurrent: [firing], onlyNew: [] },
    ...{ firingMs: -60_000, notifications: 2 },
  },
};

function placeOf(run: BacktestPlace['run']): BacktestPlace {
  return { run, close: () => Promise.resolve() };
}

async function run(
  rule: string | undefined,
  args: BacktestArguments,
  place: BacktestPlace | (() => Promise<BacktestPlace>),
  { messages = english, signal = new AbortController().signal, read = false, clock = new FakeClock(nowMs) } = {},
) {
  const terminal = new RecordingTerminal(read);
  const code = await backtestCommand({
    ...{ rule, args, terminal, messages, signal, clock },
    openPlace: () => (typeof place === 'function' ? place() : Promise.resolve(place)),
  });
  return { code, terminal, out: terminal.outLines.join('\n'), error: terminal.errorLines.join('\n') };
}

describe('backtestCommand', () => {
  it('shows firings, notifications, what was missing and the totals', async () => {
    const { code, out } = await run(
      'LoadHigh',
      {},
      placeOf(() => Promise.resolve(view)),
    );
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'LoadHigh, 2026-01-31T10:00:00Z to 2026-01-31T11:00:00Z',
      'g: load > 5, for 5s',
      'The history of this time is 98.7 % complete.',
      '1 stretch without data, 44s in all; nothing is judged in them:',
      '  2026-01-31T10:30:00Z - 2026-01-31T10:30:44Z  44s',
      'Until 2026-01-31T10:10:00Z only the last sample of each minute is kept: the resolution there is a minute.',
      'load found series in 99.9 % of the time only.',
      'gone found no series at all: the rule cannot fire on it.',
      'Recording rules that it reads were evaluated, too: load_doubled',
      'LoadHigh failed, 2 times: boom',
      '',
      'Firings',
      'fired                 until                 for  max      note              alert',
      '2026-01-31T10:00:05Z  2026-01-31T10:01:05Z  1m   12.3457                    LoadHigh{a="x"}',
      '2026-01-31T10:02:00Z  still firing          58m  12.3457  from start, flap  LoadHigh{a="x"}',
      '  ... and 1200 more',
      '',
      'Notifications',
      'at                    channel  state     outcome                                alerts',
      '2026-01-31T10:00:05Z  desk     firing    sent                                   LoadHigh{a="x"}',
      '2026-01-31T10:00:09Z  nobody   resolved  not sent: the receiver has no channel  LoadHigh{a="x"}',
      '',
      '1202 firings, 2m in all, the longest 1m; 1 flap; 1 condition ended while pending; 1 notification sent, 1 not.',
      '',
      'Beside the configured rule: 1 firing of both, 0 of the new one only, 1 of the configured one only.',
      'Firing time -1m, notifications +2.',
      '',
      'Only the configured rule fires',
      'fired                 until                 for  max      note  alert',
      '2026-01-31T10:00:05Z  2026-01-31T10:01:05Z  1m   12.3457        LoadHigh{a="x"}',
      '',
      '3600 evaluations in 1.8 s, 2,000 times real time. Nothing was sent.',
    ]);
  });

  it('speaks Korean, says that nothing fires, and that there is nothing to compare with', async () => {
    const silent = { ...view, outcome: { ...view.outcome, firings: [], notifications: [] }, comparison: null };
    const folder = await mkdtemp(join(tmpdir(), 'tapewatch-backtest-'));
    await writeFile(join(folder, 'r.yaml'), 'groups: []');
    const place = placeOf(() => Promise.resolve(silent));
    const { out } = await run(undefined, { file: join(folder, 'r.yaml') }, place, { messages: korean });
    await rm(folder, { recursive: true });
    expect(out).toContain(korean.backtest.never);
    expect(out).toContain('LoadHigh(이)라는 설정된 규칙이 없습니다');
  });

  it('prints JSON, whole', async () => {
    const { out } = await run(
      'LoadHigh',
      { json: true },
      placeOf(() => Promise.resolve(view)),
    );
    expect(JSON.parse(out)).toEqual(view);
  });

  it('asks for the last day unless it is told otherwise', async () => {
    const asked: WantedBacktest[] = [];
    const place = placeOf((wanted) => {
      asked.push(wanted);
      return Promise.resolve(view);
    });
    await run('A', {}, place);
    await run('A', { from: '2h', to: '30m', flap: '10s', withSilences: true }, place);
    expect(asked).toEqual([
      { rule: 'A', from: nowMs - 86_400_000, to: nowMs, flapWithinMs: 300_000, withSilences: false },
      { rule: 'A', from: nowMs - 7_200_000, to: nowMs - 1_800_000, flapWithinMs: 10_000, withSilences: true },
    ]);
  });

  it.each<[string, string | undefined, BacktestArguments]>([
    ['no rule', undefined, {}],
    ['a rule named twice', 'A', { rule: 'B' }],
    ['a range that is upside down', 'A', { from: '1h', to: '2h' }],
    ['a time that is none', 'A', { from: 'yesterday' }],
    ['a duration that is none', 'A', { flap: 'soon' }],
    ['a file that is not there', 'A', { file: '/nowhere/rules.yaml' }],
  ])('refuses %s as wrong usage', async (_what, rule, args) => {
    const { code, error } = await run(rule, args, () => Promise.reject(new Error('asked')));
    expect(code).toBe(2);
    expect(error).not.toContain('asked');
  });

  it('tells a wrong rule and a limit apart', async () => {
    const refuse = (code: 'NOT_FOUND' | 'QUERY_LIMIT') =>
      placeOf(() => Promise.reject(new StartError(code, 'no. Did you mean "LoadHigh"?')));
    expect(await run('X', {}, refuse('NOT_FOUND'))).toMatchObject({
      code: 2,
      error: 'no. Did you mean "LoadHigh"? [NOT_FOUND]',
    });
    expect((await run('X', {}, refuse('QUERY_LIMIT'))).code).toBe(1);
  });

  it('draws a bar for people alone, and takes it away', async () => {
    const place = placeOf((_wanted, _text, progress) => {
      progress(0.5);
      progress(1);
      return Promise.resolve(view);
    });
    const read = await run('A', {}, place, { read: true });
    expect(read.terminal.logs[0]).toContain('50 %');
    expect(read.terminal.logs.at(-1)).toBe('\r\u001b[K');
    expect((await run('A', {}, place)).terminal.logs).toEqual([]);
  });

  it('ends at once when it is cut short', async () => {
    const stop = new AbortController();
    const place = placeOf(() => {
      queueMicrotask(() => stop.abort());
      return new Promise(() => undefined);
    });
    expect(await run('A', {}, place, { signal: stop.signal })).toMatchObject({ code: 1, error: 'Cancelled.', out: '' });
  });
});

describe('serverPlace', () => {
  it('asks the server for all of it, and how far it is meanwhile', async () => {
    const clock = new FakeClock(nowMs);
    const variables: unknown[] = [];
    const shares: number[] = [];
    let end: (answer: unknown) => void = () => undefined;
    const server = {
      graphql: <T>(query: string, given: Readonly<Record<string, unknown>> = {}): Promise<T> => {
        if (query.includes('backtestProgress')) return Promise.resolve({ backtestProgress: { share: 0.25 } } as T);
        variables.push(given);
        return new Promise((resolve) => (end = resolve as (answer: unknown) => void));
      },
    };
    const wanted = {
      rule: 'A',
      file: 'a.yaml',
      from: nowMs - 1_000,
      to: nowMs,
      flapWithinMs: 300_000,
      withSilences: true,
    };
    const answer = serverPlace(server, clock).run(wanted, 'groups: []', (share) => shares.push(share));
    await clock.advance(1_100);
    end({ backtestRule: view });
    expect(await answer).toBe(view);
    expect(shares).toEqual([0.25, 0.25]);
    expect(variables).toEqual([
      {
        ...{ from: '2026-01-31T11:59:59.000Z', to: '2026-01-31T12:00:00.000Z', flapWithin: '300000ms' },
        ...{ rule: 'A', text: 'groups: []', file: 'a.yaml', withSilences: true },
      },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('throws what the server refuses', async () => {
    const server = {
      graphql: <T>() => Promise.resolve({ backtestRule: { code: 'UNAVAILABLE', message: 'another runs' } } as T),
    };
    const wanted = { rule: 'A', from: 0, to: 1, flapWithinMs: 0, withSilences: false };
    const refused = serverPlace(server, new FakeClock()).run(wanted, undefined, () => undefined);
    await expect(refused).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'another runs' });
  });
});

describe('folderPlace', { timeout: 60_000 }, () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-backtest-'));
    await writeFile(
      join(folder, 'rules.yaml'),
      'groups: [{ name: g, rules: [{ alert: LoadHigh, expr: load > 5, for: 5s }] }]',
    );
    await writeFile(
      join(folder, 'tapewatch.yaml'),
      `data_dir: data\nhost: { enabled: false }\nshipped_rules: false\nrule_files: [rules.yaml]\nroute: { receiver: desk }\nreceivers: [{ name: desk, console_configs: [{}] }]\n`,
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  const open = async (): Promise<BacktestPlace> =>
    folderPlace({
      config: await loadConfig({ file: join(folder, 'tapewatch.yaml'), env: {}, baseDir: folder }),
      ...{ clock: systemClock, logger: new RecordingLogger(), env: {}, shippedRulesDir: folder },
      signal: new AbortController().signal,
    });

  it('says what is in the way: no data, a server that has the folder, no history, a file with faults', async () => {
    const failing = (code: string): unknown => expect.stringContaining(code);
    expect(await run('LoadHigh', {}, open)).toMatchObject({ code: 2, error: failing('NOT_FOUND') });
    const options = { dataDir: join(folder, 'data'), clock: systemClock, logger: new RecordingLogger() };
    const { close } = await openAccess(options);
    expect(await run('LoadHigh', {}, open)).toMatchObject({ code: 1, error: failing('DATA_DIR_IN_USE') });
    await close();
    expect(await run('LoadHigh', {}, open)).toMatchObject({ code: 2, error: failing('there is no history yet') });
    const file = join(folder, 'new.yaml');
    await writeFile(file, 'groups:\n  - name: g\n    rules:\n      - { alert: LoadHigh, expr: load > }\n');
    const { code, error } = await run(undefined, { file }, open);
    expect(code).toBe(2);
    expect(error).toMatch(/new\.yaml:4:\d+ groups\[0\]\.rules\[0\]\.expr/);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AlertInstance, RuleTransition } from '@tapewatch/model';
import { formatDuration, Labels, severityOf } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { parse } from '@tapewatch/promql';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRuleEngine } from './engine/rule-engine.js';
import { loadRuleFiles } from './rule-file/load-rule-files.js';
import type { AlertRule, RuleGroup } from './rule-group.js';
import { promqlKind } from './testing/promql-kind.js';
import { RecordedSeries } from './testing/recorded-series.js';
import { RecordingMeter } from './testing/recording-meter.js';
import { readRuleTestFile } from './unit-test/read-rule-test-file.js';
import { testRules } from './unit-test/test-rules.js';

const root = join(import.meta.dirname, '../../..');
const rulesDir = join(root, 'config/rules');
const testsDir = join(rulesDir, 'tests');
const runbooksDir = join(root, 'docs/runbooks');
const start = Date.UTC(2026, 0, 1);
const target = { job: 'tapewatch', instance: 'demo' };
const venue = { ...target, exchange: 'binance', venue: 'binance' };

let groups: readonly RuleGroup[] = [];
let rules: readonly AlertRule[] = [];

beforeAll(async () => {
  const files = ruleFilesIn(rulesDir);
  groups = await loadRuleFiles(
    files,
    () => promqlKind,
    (file) => readFile(file, 'utf8'),
  );
  rules = groups.flatMap((group) => group.rules.filter((rule) => rule.makes === 'alerts'));
});

function ruleFilesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => join(folder, file));
}

/** Of rules that have to be asked for. */
function optionalNames(): readonly string[] {
  return ruleFilesIn(join(rulesDir, 'optional')).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = '']) => name),
  );
}

/** A healthy demo, second by second, with what `change` makes of it; returns what the rules said, by second. */
function run(
  seconds: number,
  change: (metrics: Metrics, second: number) => void = () => undefined,
  restored: readonly AlertInstance[] = [],
): readonly string[] {
  const series = new RecordedSeries();
  const said: string[] = [];
  const note = ({ at, kind, instance }: RuleTransition): void =>
    void said.push(
      `${(at - start) / 1000} ${instance.labels.get('alertname')} ${kind} ${instance.annotations['summary'] ?? ''}`,
    );
  const engine = createRuleEngine({
    groups,
    query: series.query,
    meter: new RecordingMeter().meter,
    clock: new FakeClock(start),
    logger: new RecordingLogger(),
    externalUrl: () => 'http://localhost:8080',
    next: ({ transitions }) => transitions.filter(({ kind }) => kind === 'firing' || kind === 'resolved').forEach(note),
  });
  expect(engine.restore(restored, start)).toEqual([]);
  for (let second = 0; second <= seconds; second++) {
    const metrics = healthy(second);
    change(metrics, second);
    for (const [labels, value] of metrics.values()) series.add(labels, start + second * 1000, value);
    engine.evaluate(start + second * 1000);
  }
  return said;
}

type Metrics = Map<string, readonly [Readonly<Record<string, string>>, number]>;

function healthy(second: number): Metrics {
  const connected = second >= 6;
  const metrics: Metrics = new Map();
  const set = (key: string, name: string, value: number, labels: Readonly<Record<string, string>>): void =>
    void metrics.set(key, [{ __name__: name, ...labels }, value]);
  set('rest', 'exchange_up', connected ? 1 : 0, { ...venue, transport: 'rest' });
  set('ws', 'exchange_up', connected ? 1 : 0, { ...venue, transport: 'ws' });
  set('stale after', 'exchange_feed_stale_after_seconds', 10, { ...venue, feed: 'ticker' });
  if (connected) set('feed', 'exchange_feed_age_seconds', 0.5, { ...venue, feed: 'ticker' });
  if (connected) {
    set('age', 'exchange_ticker_age_seconds', 0.5, { ...venue, symbol: 'BTC/USDT' });
    set('last', 'exchange_ticker_last', 60_000 + (second % 7), { ...venue, symbol: 'BTC/USDT' });
    set('spread', 'exchange_ticker_spread_ratio', 0.0002, { ...venue, symbol: 'BTC/USDT' });
  }
  const status = connected ? 'healthy' : 'unknown';
  for (const one of ['healthy', 'degraded', 'unhealthy', 'unknown'])
    set(`health ${one}`, 'health_check_status', one === status ? 1 : 0, {
      ...target,
      component: 'api',
      plugin: 'http',
      status: one,
    });
  set('requests', 'exchange_request_duration_seconds_count', Math.floor(second / 10), {
    ...venue,
    operation: 'fetchTime',
  });
  set('idle', 'system_cpu_utilization_ratio', 0.3, { ...target, cpu_mode: 'idle' });
  set('user', 'system_cpu_utilization_ratio', 0.7, { ...target, cpu_mode: 'user' });
  set('available', 'system_memory_linux_available_bytes', 4e9, target);
  set('limit', 'system_memory_limit_bytes', 8e9, target);
  set('disk', 'system_filesystem_utilization_ratio', 0.9, {
    ...target,
    system_filesystem_mountpoint: '/',
    system_filesystem_mode: 'rw',
  });
  set('loop', 'nodejs_eventloop_delay_p99_seconds', second < 5 ? 0.4 : 0.012, target);
  set('overflows', 'tapewatch_series_overflows_total', 0, target);
  set('missed', 'tapewatch_tick_missed_total', second < 3 ? 0 : 1, target);
  set('failures', 'tapewatch_rule_evaluation_failures_total', 0, { ...target, group: 'g' });
  set('refused', 'tapewatch_series_refused_total', 0, target);
  set('retention', 'tapewatch_memory_retention_seconds', 7200, target);
  set('retention wanted', 'tapewatch_memory_retention_wanted_seconds', 7200, target);
  set('dropped', 'tapewatch_history_dropped_total', 0, { ...target, history: 'alerts' });
  set('ticks dropped', 'tapewatch_store_dropped_total', 0, { ...target, reason: 'backlog' });
  set('state lost', 'tapewatch_state_lost', 0, target);
  set('backup age', 'tapewatch_state_backup_age_seconds', 90_000, target);
  set('stray', 'tapewatch_stray_errors_total', 0, { ...target, kind: 'unhandled_rejection' });
  const answered = (key: string, status: string, value: number, error: Readonly<Record<string, string>> = {}): void =>
    set(key, 'http_server_request_duration_seconds_count', value, {
      ...target,
      http_route: '/graphql',
      http_response_status_code: status,
      ...error,
    });
  answered('answers', '200', second);
  answered('failures inside', '200', 0, { error_type: 'INTERNAL' });
  answered('server errors', '500', 0, { error_type: '500' });
  answered('client errors', '400', 0);
  answered('failures of bad requests', '400', 0, { error_type: 'INTERNAL' });
  return metrics;
}

function feedAge(metrics: Metrics, value: number): void {
  metrics.set('feed', [{ __name__: 'exchange_feed_age_seconds', ...venue, feed: 'ticker' }, value]);
}

/** An alert that was firing when the program stopped. */
function firedBefore(group: string, name: string, labels: Readonly<Record<string, string>>): AlertInstance {
  return {
    rule: { group, name },
    labels: Labels.of({ alertname: name, ...labels }),
    annotations: {},
    value: 100,
    state: 'firing',
    startsAt: start - 120_000,
    firedAt: start - 90_000,
  };
}

function replace(metrics: Metrics, key: string, value: number): void {
  const [labels] = metrics.get(key) ?? [{}];
  metrics.set(key, [labels, value]);
}

describe('shipped rules', () => {
  it('have a severity, a summary, a description and a runbook page each', () => {
    expect(rules.length).toBeGreaterThan(20);
    for (const { name, labels, annotations } of rules) {
      const text = (of: typeof labels, key: string): string => of.find((one) => one.name === key)?.template.text ?? '';
      expect(['info', 'warning', 'critical'], name).toContain(text(labels, 'severity'));
      expect(text(annotations, 'summary'), name).not.toBe('');
      expect(text(annotations, 'description'), name).not.toBe('');
      expect(text(annotations, 'runbook_url'), name).toBe(`{{ $externalURL }}/runbooks/${name}`);
      expect(readFileSync(join(runbooksDir, `${name}.md`), 'utf8'), name).toMatch(
        new RegExp(`^# ${name}\n\n## Meaning\n`),
      );
    }
  });

  it('have names of their own, and no page is left over', () => {
    const names = rules.map(({ name }) => name);
    expect(readdirSync(runbooksDir).sort()).toEqual(
      [...new Set(names), ...optionalNames()].map((name) => `${name}.md`).sort(),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('are listed in docs/rules.md with their severity and how long they wait', () => {
    const rows = [
      ...readFileSync(join(root, 'docs/rules.md'), 'utf8').matchAll(
        /^\| \[(\w+)\]\(runbooks\/\1\.md\) \| (\w+) \| (\w+) \|/gm,
      ),
    ].map(([, ...row]) => row.join(' '));
    const severity = ({ labels }: AlertRule): string =>
      labels.find(({ name }) => name === 'severity')?.template.text ?? '';
    expect(rows).toEqual(rules.map((rule) => `${rule.name} ${severity(rule)} ${formatDuration(rule.forMs)}`));
  });

  it('have runbooks whose expressions can be pasted', () => {
    for (const file of readdirSync(runbooksDir)) {
      const blocks = [...readFileSync(join(runbooksDir, file), 'utf8').matchAll(/```promql\n([\s\S]*?)```/g)];
      expect(blocks.length, file).toBeGreaterThan(0);
      for (const [, expression = ''] of blocks) expect(() => parse(expression), `${file}: ${expression}`).not.toThrow();
    }
  });

  it.each(ruleFilesIn(testsDir).map((file) => basename(file)))('hold what %s says of them', async (name) => {
    const file = join(testsDir, name);
    const result = await testRules(file, {
      kinds: () => promqlKind,
      readFile: (path) => readFile(path, 'utf8'),
      findFiles: (path) => Promise.resolve([path]),
      clock: new FakeClock(0),
    });
    expect(result).toMatchObject({ problems: [], unmatched: [] });
    expect(result.tests.flatMap(({ failures }) => failures)).toEqual([]);
  });

  it('are each tested both firing and quiet', async () => {
    const files = await Promise.all(
      ruleFilesIn(testsDir).map((file) => readRuleTestFile(file, (path) => readFile(path, 'utf8'))),
    );
    const asked = files.flatMap(({ tests }) => tests.flatMap(({ alerts }) => alerts));
    const fire = new Set(asked.filter(({ expected }) => expected.length > 0).map(({ alertname }) => alertname));
    const quiet = new Set(asked.filter(({ expected }) => expected.length === 0).map(({ alertname }) => alertname));
    const names = rules.map(({ name }) => name);
    expect(names.filter((name) => !fire.has(name) || !quiet.has(name))).toEqual([]);
    expect([...fire, ...quiet].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('say nothing of a healthy demo, from a slow start on', () => {
    expect(run(400)).toEqual([]);
  });

  it('tell a silent feed within a second of its threshold, by venue, feed and age, and that it is back', () => {
    const said = run(120, (metrics, second) => {
      if (second <= 60 || second > 80) return;
      replace(metrics, 'feed', second - 60);
      replace(metrics, 'age', second - 60);
      for (const key of ['last', 'spread']) metrics.delete(key);
    });
    expect(said).toEqual([
      '71 ExchangeFeedStale firing binance ticker feed is silent for 11s',
      '81 ExchangeFeedStale resolved binance ticker feed is silent for 20s',
    ]);
  });

  it.each<[string, string, number, (metrics: Metrics, second: number) => void]>([
    ['ExchangeDown', 'binance cannot be reached', 115, (m) => (replace(m, 'rest', 0), replace(m, 'ws', 0))],
    ['ExchangeTransportDown', 'ws of binance does not work', 130, (m) => replace(m, 'ws', 0)],
    ['TickerStale', 'BTC/USDT on binance has not moved for', 191, (m, s) => replace(m, 'age', s - 100)],
    ['SpreadBlownOut', 'The spread of BTC/USDT on binance is 3%', 105, (m) => replace(m, 'spread', 0.03)],
    ['PriceJump', 'BTC/USDT on binance moved', 100, (m) => replace(m, 'last', 70_000)],
    [
      'HealthCheckUnhealthy',
      'api is unhealthy',
      100,
      (m) => (replace(m, 'health healthy', 0), replace(m, 'health unhealthy', 1)),
    ],
    [
      'HealthCheckDegraded',
      'api is degraded',
      100,
      (m) => (replace(m, 'health healthy', 0), replace(m, 'health degraded', 1)),
    ],
    [
      'HealthCheckUnknown',
      'Nobody knows how api is',
      130,
      (m) => (replace(m, 'health healthy', 0), replace(m, 'health unknown', 1)),
    ],
    ['HighMemory', 'Memory of demo is 95% used', 160, (m) => replace(m, 'available', 4e8)],
    ['HighCpu', 'CPU of demo is', 324, (m) => replace(m, 'user', 0.97)],
    ['DiskAlmostFull', '/ on demo is 98% full', 160, (m) => replace(m, 'disk', 0.98)],
    ['EventLoopBlocked', 'The event loop of demo is blocked for 500ms', 110, (m) => replace(m, 'loop', 0.5)],
    ['SeriesOverflow', 'more series than are kept', 101, (m, s) => replace(m, 'overflows', s - 100)],
    ['TicksMissed', 'measurements were missed in a minute', 104, (m, s) => replace(m, 'missed', 1 + s - 100)],
    ['SeriesRefused', 'Memory is full: new series of demo are refused', 101, (m, s) => replace(m, 'refused', s - 100)],
    ['MemoryShortened', 'Memory reaches back only 1h 0m 0s', 160, (m) => replace(m, 'retention', 3600)],
    ['HistoryDropped', 'Changes of the alerts history are lost', 101, (m, s) => replace(m, 'dropped', s - 100)],
    ['MetricsDropped', 'missing in the metric history (backlog)', 101, (m, s) => replace(m, 'ticks dropped', s - 100)],
    ['StateLost', 'began with a damaged state', 100, (m) => replace(m, 'state lost', 1)],
    ['BackupOld', 'was last backed up 2d 3h', 100, (m) => replace(m, 'backup age', 185_000)],
    ['StrayErrors', 'nobody caught (unhandled_rejection)', 100, (m) => replace(m, 'stray', 1)],
    ['ApiErrorRatioHigh', 'of API requests fail', 136, (m, s) => replace(m, 'failures inside', s - 100)],
    ['ApiErrorRatioHigh', 'of API requests fail', 136, (m, s) => replace(m, 'server errors', s - 100)],
    ['RulesFailing', 'Rules of the group g cannot be evaluated', 106, (m, s) => replace(m, 'failures', s - 100)],
  ])('tell %s', (name, summary, second, change) => {
    const said = run(340, (metrics, now) => {
      if (now >= 100) change(metrics, now);
    }).filter((line) => line.includes(` ${name} firing`));
    expect(said[0]).toContain(summary);
    expect(said[0]?.split(' ')[0]).toBe(String(second));
  });

  it('judge a feed by stale_after of its exchange, and keep its labels', () => {
    const patient = (metrics: Metrics, second: number): void => {
      replace(metrics, 'stale after', 30);
      if (second > 60) replace(metrics, 'feed', second - 60);
      if (second > 60) replace(metrics, 'age', second > 120 ? 0.5 : second - 60);
    };
    const said = run(100, patient);
    expect(said).toEqual(['91 ExchangeFeedStale firing binance ticker feed is silent for 31s']);
  });

  it('tell a silent symbol while its feed is fresh by stale_after of its exchange', () => {
    const said = run(240, (metrics, second) => {
      replace(metrics, 'stale after', 30);
      if (second > 60) replace(metrics, 'feed', 25);
      if (second > 100) replace(metrics, 'age', second - 100);
    });
    expect(said).toEqual(['191 TickerStale firing BTC/USDT on binance has not moved for 1m 31s']);
  });

  describe('after a restart in the middle of an outage', () => {
    const staleFeed = firedBefore('exchange.yaml;exchange', 'ExchangeFeedStale', {
      ...venue,
      feed: 'ticker',
      severity: 'critical',
    });
    const staleTicker = firedBefore('exchange.yaml;exchange', 'TickerStale', {
      ...venue,
      symbol: 'ETH/USDT',
      severity: 'warning',
    });
    /** Watching begins a little after the rules are restored. */
    const watched = (second: number): number => second - 0.3;

    it('say nothing of a feed that stays silent: its alert goes on', () => {
      const silent = (metrics: Metrics, second: number): void => {
        for (const key of ['feed', 'age', 'last', 'spread']) metrics.delete(key);
        if (watched(second) > 10) feedAge(metrics, watched(second));
      };
      expect(run(100, silent, [staleFeed])).toEqual([]);
    });

    it('resolve the alert of a feed with its first message', () => {
      expect(run(100, undefined, [staleFeed])).toEqual(['6 ExchangeFeedStale resolved ']);
    });

    it('say nothing of a symbol that stays silent: its alert goes on', () => {
      const silent = (metrics: Metrics, second: number): void => {
        if (watched(second) > 60)
          metrics.set('other age', [
            { __name__: 'exchange_ticker_age_seconds', ...venue, symbol: 'ETH/USDT' },
            watched(second),
          ]);
      };
      expect(run(150, silent, [staleTicker])).toEqual([]);
    });
  });

  it('do not blame the server for what clients do wrong', () => {
    const said = run(340, (metrics, second) => {
      for (const key of ['client errors', 'failures of bad requests']) replace(metrics, key, 10 * second);
    });
    expect(said).toEqual([]);
  });

  it('are of the severities that notification knows', () => {
    const series = new RecordedSeries();
    series.add({ __name__: 'exchange_feed_age_seconds', ...venue, feed: 'ticker' }, start, 11);
    series.add({ __name__: 'exchange_feed_stale_after_seconds', ...venue, feed: 'ticker' }, start, 10);
    const severities: unknown[] = [];
    const engine = createRuleEngine({
      groups,
      query: series.query,
      meter: new RecordingMeter().meter,
      clock: new FakeClock(start),
      logger: new RecordingLogger(),
      externalUrl: () => '',
      next: ({ active }) => severities.push(...active.map(({ labels }) => severityOf(labels))),
    });
    engine.evaluate(start);
    expect(severities).toEqual(['critical']);
  });
});

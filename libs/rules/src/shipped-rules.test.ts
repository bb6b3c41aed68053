import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleTransition } from '@tapewatch/model';
import { severityOf } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { parse } from '@tapewatch/promql';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRuleEngine } from './engine/rule-engine.js';
import { loadRuleFiles } from './rule-file/load-rule-files.js';
import type { AlertRule, RuleGroup } from './rule-group.js';
import { promqlKind } from './testing/promql-kind.js';
import { RecordedSeries } from './testing/recorded-series.js';
import { RecordingMeter } from './testing/recording-meter.js';

const root = join(import.meta.dirname, '../../..');
const rulesDir = join(root, 'config/rules');
const runbooksDir = join(root, 'docs/runbooks');
const start = Date.UTC(2026, 0, 1);
const target = { job: 'tapewatch', instance: 'demo' };
const venue = { ...target, exchange: 'binance', venue: 'binance' };

let groups: readonly RuleGroup[] = [];
let rules: readonly AlertRule[] = [];

beforeAll(async () => {
  const files = readdirSync(rulesDir).map((file) => join(rulesDir, file));
  groups = await loadRuleFiles(
    files,
    () => promqlKind,
    (file) => readFile(file, 'utf8'),
  );
  rules = groups.flatMap((group) => group.rules);
});

/** A healthy demo, second by second, with what `change` makes of it; returns what the rules said, by second. */
function run(seconds: number, change: (metrics: Metrics, second: number) => void = () => undefined): readonly string[] {
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
  set('feed', 'exchange_feed_age_seconds', connected ? 0.5 : second, { ...venue, feed: 'ticker' });
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
  return metrics;
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
    expect(readdirSync(runbooksDir).sort()).toEqual([...new Set(names)].map((name) => `${name}.md`).sort());
    expect(new Set(names).size).toBe(names.length);
  });

  it('have runbooks whose expressions can be pasted', () => {
    for (const file of readdirSync(runbooksDir)) {
      const blocks = [...readFileSync(join(runbooksDir, file), 'utf8').matchAll(/```promql\n([\s\S]*?)```/g)];
      expect(blocks.length, file).toBeGreaterThan(0);
      for (const [, expression = ''] of blocks) expect(() => parse(expression), `${file}: ${expression}`).not.toThrow();
    }
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
    ['RulesFailing', 'Rules of the group g cannot be evaluated', 106, (m, s) => replace(m, 'failures', s - 100)],
  ])('tell %s', (name, summary, second, change) => {
    const said = run(340, (metrics, now) => {
      if (now >= 100) change(metrics, now);
    }).filter((line) => line.includes(` ${name} firing`));
    expect(said[0]).toContain(summary);
    expect(said[0]?.split(' ')[0]).toBe(String(second));
  });

  it('are of the severities that notification knows', () => {
    const series = new RecordedSeries();
    series.add({ __name__: 'exchange_feed_age_seconds', ...venue, feed: 'ticker' }, start, 11);
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

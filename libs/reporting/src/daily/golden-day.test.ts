import { Labels, type Alert, type AlertEvent, type HealthEvent } from '@tapewatch/model';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportedAlert } from '../ports.js';
import { SampledMetrics } from '../testing/sampled-metrics.js';
import { computeDailyReport, type ReportSources } from './compute-daily-report.js';
import type { DailyReport } from './daily-report.js';
import { tickSelector } from './observation.js';

const from = Date.UTC(2026, 0, 31);
const to = Date.UTC(2026, 1, 1);
const hour = 3_600_000;
const minute = 60_000;
const at = (hours: number, minutes = 0, seconds = 0): number => from + hours * hour + minutes * minute + seconds * 1000;

function reported(
  id: string,
  severity: string,
  firedAt: number,
  endsAt?: number,
  events: readonly Partial<AlertEvent>[] = [],
): ReportedAlert {
  const labels = Labels.of({ alertname: id.replace(/\d/, ''), severity, exchange: 'x' });
  const alert: Alert = {
    id,
    fingerprint: '',
    rule: { group: 'g', name: 'n' },
    name: labels.get('alertname'),
    state: endsAt === undefined ? 'firing' : 'resolved',
    labels,
    annotations: {},
    value: 1,
    startsAt: firedAt,
    firedAt,
    ...(endsAt === undefined ? {} : { endsAt }),
  };
  const acknowledged = events.find(({ kind }) => kind === 'acknowledged')?.at;
  return {
    alert,
    events: events.map((event) => ({ cursor: 1, at: 0, kind: 'firing', alertId: id, state: 'firing', ...event })),
    ...(acknowledged === undefined ? {} : { firstAcknowledgedAt: acknowledged }),
  };
}

/** A day of which every figure can be worked out by hand. */
function goldenSources(): ReportSources & { readonly metrics: SampledMetrics } {
  const metrics = new SampledMetrics();
  metrics.ratio = 0.75;
  // The program ran all day but from 06:00 to 12:00, and began long before.
  const up = (ms: number): boolean => ms < at(6) || ms >= at(12);
  const seen =
    <T>(value: (ms: number) => T) =>
    (ms: number): T | undefined =>
      up(ms) ? value(ms) : undefined;
  metrics.add(
    tickSelector,
    {},
    seen((ms) => (ms < at(6) ? 10_000 + (ms - from) / 1000 : (ms - at(12)) / 1000)),
  );
  const own = { exchange: 'x', venue: 'v' };
  // Not connected from 18:00 to 18:36: 36 min of the 18 h seen.
  metrics.add(
    'exchange_connected',
    own,
    seen((ms) => (ms >= at(18) && ms < at(18, 36) ? 0 : 1)),
  );
  // Before the stop 100 observations are there; 60 come at 01:00, of which 30 within 0.1 s and all within 0.5 s. After the restart, from 0, 40
  // come at 13:00, all within 0.1 s.
  for (const [le, before, early, late] of [
    ['0.1', 100, 30, 40],
    ['0.5', 100, 60, 40],
    ['+Inf', 100, 60, 40],
  ] as const)
    metrics.add(
      'exchange_request_duration_seconds_bucket',
      { ...own, operation: 'time', le },
      seen((ms) => (ms < at(6) ? before + (ms >= at(1) ? early : 0) : ms >= at(13) ? late : 0)),
    );
  // 7 before the day and 3 in it, then from 0 to 2; another kind is born at 14:00 with its first one.
  metrics
    .add(
      'exchange_request_errors_total',
      { ...own, error_type: 'timeout' },
      seen((ms) => (ms < at(6) ? (ms < at(2) ? 7 : 10) : ms < at(15) ? 0 : 2)),
    )
    .add('exchange_request_errors_total', { ...own, error_type: 'network' }, (ms) =>
      ms < at(14, 0, 30) ? undefined : 1,
    )
    .add(
      'exchange_feed_stalls_total',
      { ...own, feed: 'ticker' },
      seen(() => 0),
    );
  // 99 before the day; 100 and 110 in turn by minutes, 150 for a second at 20:30:30, 50 for a second at 03:00:10.
  metrics.add(
    'exchange_ticker_last',
    { ...own, symbol: 'A/B' },
    seen((ms) => {
      if (ms < from) return 99;
      if (ms === at(20, 30, 30)) return 150;
      if (ms === at(3, 0, 10)) return 50;
      return Math.floor((ms - from) / minute) % 2 === 0 ? 100 : 110;
    }),
  );
  metrics.add(
    'exchange_ticker_spread_ratio',
    { ...own, symbol: 'A/B' },
    seen((ms) => (ms < at(6) ? 0.001 : 0.003)),
  );
  metrics.add('exchange_ticker_last', { ...own, symbol: 'FEW/B' }, (ms) => (ms >= at(23, 40) ? 5 : undefined));
  metrics
    .add(
      'system_cpu_utilization_ratio',
      { cpu_mode: 'idle' },
      seen((ms) => (ms === at(21, 7, 3) ? 0.1 : 0.8)),
    )
    .add(
      'system_memory_utilization_ratio',
      { system_memory_state: 'used' },
      seen(() => 0.5),
    )
    .add(
      'system_memory_utilization_ratio',
      { system_memory_state: 'free' },
      seen(() => 0.9),
    );
  const change = (
    component: string,
    when: number,
    status: HealthEvent['status'],
    previous?: HealthEvent['status'],
  ) => ({
    cursor: 1,
    at: when,
    component,
    status,
    ...(previous === undefined ? {} : { previous }),
  });
  return {
    metrics,
    alerts: {
      firedBetween: () =>
        Promise.resolve([
          // Began the day before, ended at 01:00: 1 h inside.
          reported('Old1', 'warning', from - hour, at(1)),
          reported('Stale1', 'critical', at(2), at(2, 10), [
            { kind: 'acknowledged', at: at(2, 1), by: 'jin' },
            { kind: 'resolved', at: at(2, 10), by: 'jin' },
          ]),
          reported('Stale2', 'critical', at(3), at(3, 20), [{ kind: 'acknowledged', at: at(3, 4), by: 'mina' }]),
          // Still going on: 30 min inside.
          reported('Long1', 'info', at(23, 30)),
          // Ends after the day: 6 min inside.
          reported('Late1', 'critical', at(23, 54), to + hour),
        ]),
    },
    health: {
      changesBetween: () =>
        Promise.resolve([
          change('bot', from - hour, 'healthy'),
          // Down for 2 h, of which the program saw one.
          change('bot', at(5), 'unhealthy', 'healthy'),
          change('bot', at(7), 'degraded', 'unhealthy'),
          // Known for the last 6 h only.
          change('late', at(12), 'unknown'),
          change('late', at(18), 'healthy', 'unknown'),
        ]),
    },
    notifications: {
      outcomesBetween: () => Promise.resolve([{ channel: 'ops', sent: 4, retrying: 0, dead: 1, notSent: 0 }]),
    },
    watched: {
      exchanges: [
        { id: 'x', venue: 'v', symbols: ['A/B', 'FEW/B', 'NONE/B'] },
        { id: 'silent', venue: 'w', symbols: [] },
      ],
      components: ['bot', 'never'],
    },
    breathe: () => Promise.resolve(),
  };
}

describe('computeDailyReport, on a day worked out by hand', () => {
  let report: DailyReport;
  beforeAll(async () => {
    report = await computeDailyReport(goldenSources(), { fromMs: from, toMs: to, cutOff: false });
  });

  it('says how complete the data was, and when nothing was measured', () => {
    expect(report.completeness).toBe(0.75);
    expect(report.unobserved).toEqual([{ fromMs: at(6), toMs: at(12) }]);
    expect(report.slots).toEqual({ startMs: from, lengthMs: 15 * minute, count: 96 });
  });

  it('counts alerts: those that began before and those that go on only for their time inside the day', () => {
    expect(report.alerts).toMatchObject({
      episodes: 5,
      began: 4,
      endedInRange: 3,
      firingAtEnd: 2,
      firingMs: (60 + 10 + 20 + 30 + 6) * minute,
      bySeverity: [
        { key: 'critical', episodes: 3, firingMs: 36 * minute },
        { key: 'warning', episodes: 1, firingMs: 60 * minute },
        { key: 'info', episodes: 1, firingMs: 30 * minute },
      ],
      byName: [{ key: 'Stale', episodes: 2, firingMs: 30 * minute }, { key: 'Old' }, { key: 'Long' }, { key: 'Late' }],
      leftOut: 0,
    });
    expect(report.alerts.list.map(({ id, endedAtMs }) => [id, endedAtMs])).toEqual([
      ['Old1', at(1)],
      ['Stale1', at(2, 10)],
      ['Stale2', at(3, 20)],
      ['Long1', null],
      ['Late1', to + hour],
    ]);
  });

  it('tells who took care and how fast: 1 and 4 minutes to acknowledge; 120, 10 and 20 to resolve', () => {
    const { timeToAcknowledge, timeToResolve, acknowledgedBy, resolvedBy } = report.alerts;
    expect(timeToAcknowledge).toEqual({ n: 2, meanMs: { value: 2.5 * minute }, medianMs: { value: 2.5 * minute } });
    expect(timeToResolve).toEqual({ n: 3, meanMs: { value: 50 * minute }, medianMs: { value: 20 * minute } });
    expect(acknowledgedBy).toEqual([
      { by: 'jin', count: 1 },
      { by: 'mina', count: 1 },
    ]);
    expect(resolvedBy).toEqual([{ by: 'jin', count: 1 }]);
    expect(report.notifications).toMatchObject([{ channel: 'ops', sent: 4, dead: 1 }]);
  });

  it('weighs the uptime of components by the time in which the program looked', () => {
    const [bot, late, never] = report.components;
    // 18 h seen, 1 h of them down.
    expect(bot).toMatchObject({
      component: 'bot',
      uptime: { value: 17 / 18 },
      knownRatio: 0.75,
      outages: 1,
      downMs: hour,
    });
    expect(bot?.stretches.map(({ status, fromMs, toMs }) => [status, (toMs - fromMs) / hour])).toEqual([
      ['healthy', 5],
      ['unhealthy', 1],
      ['unobserved', 1],
      ['unobserved', 5],
      ['degraded', 12],
    ]);
    expect(late).toMatchObject({ uptime: { value: 1 }, knownRatio: 0.25, outages: 0 });
    expect(never).toMatchObject({ uptime: { value: null, reason: 'no_data' }, knownRatio: 0 });
  });

  it('measures exchanges: connected 17.4 of 18 h, 100 requests over a restart, quantiles within their buckets', () => {
    const [x, silent] = report.exchanges;
    expect(x).toMatchObject({ uptime: { value: expect.closeTo(17.4 / 18, 12) as number }, seenRatio: 0.75 });
    expect(x?.requests).toEqual({ value: 100 });
    // 70 of 100 lie within 0.1 s: the median is 50/70 of it; the 95th is 25/30 of the way from 0.1 to 0.5.
    expect(x?.latency.p50Ms.value).toBeCloseTo((50 / 70) * 100, 9);
    expect(x?.latency.p95Ms.value).toBeCloseTo(100 + (25 / 30) * 400, 9);
    expect(x?.latency.p99Ms.value).toBeCloseTo(100 + (29 / 30) * 400, 9);
    expect(x?.errors).toEqual({ value: 6 });
    expect(x?.errorsByType).toEqual([
      { type: 'timeout', count: 5 },
      { type: 'network', count: 1 },
    ]);
    expect([x?.stalls, x?.disconnects]).toEqual([{ value: 0 }, { value: 0 }]);
    expect(x?.chart.p50Ms.flatMap((value, slot) => (value === null ? [] : [slot]))).toEqual([4, 52]);
    expect(silent).toMatchObject({
      uptime: { value: null, reason: 'no_data' },
      errors: { value: null, reason: 'no_data' },
      latency: { p50Ms: { value: null, reason: 'no_requests' } },
    });
  });

  it('measures markets: open from before, high and low of seconds, volatility of minutes', () => {
    const [market, few, none] = report.symbols;
    expect(market).toMatchObject({
      open: { value: 99 },
      openFrom: 'before',
      high: { value: 150 },
      low: { value: 50 },
      close: { value: 110 },
      spreadMax: { value: 0.003 },
      seenRatio: 0.75,
    });
    expect(market?.change.value).toBeCloseTo(110 / 99 - 1, 12);
    // 6 h at 0.001 and 12 h at 0.003.
    expect(market?.spreadMean.value).toBeCloseTo((6 * 0.001 + 12 * 0.003) / 18, 12);
    // Up and down by r in turn, after a first one of ln(100/99); the minute after the hole has no return.
    const r = Math.log(1.1);
    const ups = 180 + 360;
    const downs = 179 + 359;
    const values = [Math.log(100 / 99), ...Array<number>(ups).fill(r), ...Array<number>(downs).fill(-r)];
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
    expect(market?.returns).toBe(values.length);
    expect(market?.volatility.value).toBeCloseTo(Math.sqrt(variance * 1440), 9);
    expect(few).toMatchObject({
      open: { value: 5 },
      openFrom: 'first_minute',
      returns: 19,
      volatility: { value: null, reason: 'too_few_returns' },
    });
    expect(none).toMatchObject({
      open: { value: null, reason: 'no_data' },
      openFrom: null,
      volatility: { value: null, reason: 'no_data' },
      seenRatio: 0,
    });
  });

  it('finds the peaks of the host, with their minute', () => {
    const peak = (kind: string) => report.host.peaks.find((one) => one.kind === kind);
    expect(peak('cpu')).toMatchObject({ peak: { value: 0.9 }, atMs: at(21, 7) });
    expect(peak('cpu')?.mean.value).toBeCloseTo(0.2 + 0.7 / (18 * 3600), 12);
    expect(peak('memory')).toMatchObject({ peak: { value: 0.5 } });
    expect(peak('disk')).toMatchObject({ peak: { value: null, reason: 'no_data' }, atMs: null });
  });

  it('lists what was not seen while the program measured', () => {
    expect(report.gaps.map(({ kind, name, longestGapMs }) => [kind, name, longestGapMs])).toEqual([
      ['exchange', 'silent', 18 * hour],
      ['symbol', 'x NONE/B', 18 * hour],
      ['component', 'never', null],
      ['symbol', 'x FEW/B', 18 * hour - 20 * minute],
      ['component', 'late', null],
    ]);
  });

  it('holds nothing that JSON would lose', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('adds up: the parts of a day, cut anywhere, sum to the day', async () => {
    const sources = goldenSources();
    const cuts = [at(1), at(2, 5), at(9), at(12), at(13, 1), at(18, 20)];
    for (const cut of cuts) {
      const part = (fromMs: number, toMs: number) => {
        const within = (ms: number): boolean => ms >= fromMs && ms < toMs;
        return computeDailyReport(
          {
            ...sources,
            alerts: {
              firedBetween: async () =>
                (await sources.alerts.firedBetween(from, to))
                  .filter(({ alert }) => (alert.firedAt ?? 0) < toMs && (alert.endsAt ?? to * 2) >= fromMs)
                  .map((one) => ({ ...one, events: one.events.filter((event) => within(event.at)) })),
            },
            health: {
              changesBetween: async () => {
                const all = await sources.health.changesBetween(from, to);
                const before = new Map(all.filter((one) => one.at <= fromMs).map((one) => [one.component, one]));
                return [...before.values(), ...all.filter((one) => one.at > fromMs && one.at < toMs)];
              },
            },
          },
          { fromMs, toMs, cutOff: false },
        );
      };
      const [first, second] = [await part(from, cut), await part(cut, to)];
      const sum = (of: (one: DailyReport) => number | null | undefined): number => (of(first) ?? 0) + (of(second) ?? 0);
      expect(sum(({ alerts }) => alerts.firingMs)).toBe(report.alerts.firingMs);
      expect(sum(({ alerts }) => alerts.began)).toBe(report.alerts.began);
      expect(sum(({ alerts }) => alerts.timeToAcknowledge.n)).toBe(report.alerts.timeToAcknowledge.n);
      expect(sum(({ alerts }) => alerts.timeToResolve.n)).toBe(report.alerts.timeToResolve.n);
      expect(sum(({ exchanges }) => exchanges[0]?.requests.value)).toBe(100);
      expect(sum(({ exchanges }) => exchanges[0]?.errors.value)).toBe(6);
      expect(sum(({ components }) => components[0]?.downMs)).toBe(report.components[0]?.downMs);
      expect(sum(({ components }) => components[0]?.outages)).toBe(1);
    }
  });
});

import { Labels, type Alert, type HealthEvent } from '@tapewatch/model';
import type { ReportSources } from '../daily/compute-daily-report.js';
import { tickSelector } from '../daily/observation.js';
import type { ReportedAlert } from '../ports.js';
import { SampledMetrics } from './sampled-metrics.js';

const minuteMs = 60_000;
const hourMs = 3_600_000;

export const busyDay = { fromMs: Date.UTC(2026, 10, 24), toMs: Date.UTC(2026, 10, 25), cutOff: false };

const bounds = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf'];

/** A day on which much happens, for looking at: alerts, an outage, a hole in the data, a slow afternoon. Names are hostile on purpose. */
export function busySources(hostile = ''): ReportSources {
  const { fromMs } = busyDay;
  const metrics = new SampledMetrics();
  metrics.ratio = 0.9861;
  const hole = (ms: number): boolean => ms >= fromMs + 4 * hourMs && ms < fromMs + 4 * hourMs + 20 * minuteMs;
  const out = (ms: number): boolean => ms >= fromMs + 13 * hourMs && ms < fromMs + 13 * hourMs + 25 * minuteMs;
  const seconds = (ms: number): number => (ms - fromMs) / 1000 + 7_200;
  const observed =
    (value: (ms: number) => number | undefined) =>
    (ms: number): number | undefined =>
      hole(ms) ? undefined : value(ms);
  metrics.add(tickSelector, {}, observed(seconds));
  for (const [exchange, factor] of [
    ['binance', 1],
    ['upbit', 3],
  ] as const) {
    const own = { exchange, venue: exchange };
    metrics.add(
      'exchange_connected',
      own,
      observed((ms) => (exchange === 'binance' && out(ms) ? 0 : 1)),
    );
    const slow = (ms: number): number => 1 + Math.max(0, Math.sin(((ms - fromMs) / hourMs / 24) * Math.PI * 2 - 2)) * 2;
    bounds.forEach((le) => {
      const share = (ms: number): number =>
        le === '+Inf' ? 1 : 1 - Math.exp(-Number(le) / (0.02 * factor * slow(ms)));
      let count = 0;
      let before = Number.NaN;
      metrics.add('exchange_request_duration_seconds_bucket', { ...own, le, operation: 'time' }, (ms) => {
        if (ms % (10 * 1000) === 0 && ms !== before) count += share(ms) * 2;
        before = ms;
        return hole(ms) ? undefined : count;
      });
    });
    metrics.add(
      'exchange_request_errors_total',
      { ...own, error_type: `timeout${hostile}`, operation: 'time' },
      (ms) => (out(ms) || ms > fromMs + 14 * hourMs ? 17 : 2),
    );
    metrics.add(
      'exchange_feed_stalls_total',
      own,
      observed((ms) => Math.floor(seconds(ms) / 20_000)),
    );
    metrics.add(
      'exchange_ws_disconnects_total',
      own,
      observed((ms) => Math.floor(seconds(ms) / 15_000)),
    );
  }
  const symbols = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'XRP/USDT', 'DOGE/USDT', `ADA/USDT${hostile}`];
  symbols.forEach((symbol, n) => {
    const base = 90_000 / 12 ** n;
    const walk = (ms: number): number => {
      const t = (ms - fromMs) / hourMs;
      return (
        base *
        (1 +
          0.03 * Math.sin(t / 3 + n) +
          0.008 * Math.sin(t * 5 + n * 2) +
          0.002 * Math.sin(t * 97 + n) +
          0.0005 * Math.sin(ms))
      );
    };
    const own = { exchange: 'binance', venue: 'binance', symbol };
    metrics.add(
      'exchange_ticker_last',
      own,
      observed((ms) => (out(ms) ? undefined : Number(walk(ms).toPrecision(7)))),
    );
    metrics.add(
      'exchange_ticker_spread_ratio',
      own,
      observed((ms) => 0.0001 * (n + 1) * (1.2 + Math.sin(ms / 1e7))),
    );
  });
  const day = (ms: number): number => (ms - fromMs) / (24 * hourMs);
  metrics
    .add(
      'system_cpu_utilization_ratio',
      { cpu_mode: 'idle' },
      observed((ms) => 0.75 - 0.3 * Math.sin(day(ms) * 9) ** 2 - (ms % 3_600_000 < 120_000 ? 0.14 : 0)),
    )
    .add(
      'system_memory_utilization_ratio',
      { system_memory_state: 'used' },
      observed((ms) => 0.42 + 0.1 * day(ms)),
    )
    .add(
      'system_filesystem_utilization_ratio',
      { system_filesystem_mountpoint: '/' },
      observed((ms) => 0.61 + 0.02 * day(ms)),
    )
    .add(
      'system_filesystem_utilization_ratio',
      { system_filesystem_mountpoint: `/data${hostile}` },
      observed((ms) => 0.83 + 0.05 * day(ms)),
    )
    .add(
      'system_cpu_load_average_1m',
      {},
      observed((ms) => 1.2 + Math.sin(day(ms) * 20)),
    )
    .add(
      'nodejs_eventloop_delay_p99_seconds',
      {},
      observed((ms) => 0.011 + (ms % 7_200_000 < 60_000 ? 0.03 : 0)),
    )
    .add(
      'process_memory_usage_bytes',
      {},
      observed((ms) => 220e6 + 30e6 * day(ms)),
    );
  const alerts = [
    alertOf(
      'a1',
      'ExchangeDisconnected',
      'critical',
      fromMs + 13 * hourMs + 30_000,
      fromMs + 13 * hourMs + 26 * minuteMs,
      hostile,
      ['jin', 190_000],
    ),
    ...Array.from({ length: 9 }, (_, i) =>
      alertOf(
        `b${i}`,
        'ExchangeFeedStale',
        'critical',
        fromMs + i * 2.4 * hourMs,
        fromMs + i * 2.4 * hourMs + 20_000 + i * 13_000,
        hostile,
        i % 4 === 1 ? ['mina', 45_000] : undefined,
      ),
    ),
    alertOf('c1', 'HostDiskFilling', 'warning', fromMs - 5 * hourMs, undefined, hostile),
    alertOf('d1', 'SpreadWide', 'info', fromMs + 20 * hourMs, fromMs + 20 * hourMs + 6 * minuteMs, hostile),
  ];
  return {
    metrics,
    alerts: { firedBetween: () => Promise.resolve(alerts) },
    health: { changesBetween: () => Promise.resolve(healthOf(fromMs, hostile)) },
    notifications: {
      outcomesBetween: () =>
        Promise.resolve([
          { channel: 'console', sent: 23, retrying: 0, dead: 0, notSent: 0 },
          { channel: `on-call${hostile}`, sent: 20, retrying: 1, dead: 2, notSent: 0 },
        ]),
    },
    watched: {
      exchanges: [
        { id: 'binance', venue: 'binance', symbols: [...symbols, 'GONE/USDT'] },
        { id: 'upbit', venue: 'upbit', symbols: [] },
      ],
      components: ['binance', 'trading-bot'],
    },
    breathe: () => Promise.resolve(),
  };

  function healthOf(from: number, text: string): readonly HealthEvent[] {
    const change = (
      cursor: number,
      at: number,
      component: string,
      status: HealthEvent['status'],
      previous?: HealthEvent['status'],
    ): HealthEvent => ({
      cursor,
      at,
      component,
      status,
      summary: text,
      ...(previous === undefined ? {} : { previous }),
    });
    return [
      change(1, from - hourMs, 'binance', 'healthy'),
      change(2, from - hourMs, `trading-bot${text}`, 'healthy'),
      change(3, from + 9 * hourMs, `trading-bot${text}`, 'degraded', 'healthy'),
      change(4, from + 10 * hourMs, `trading-bot${text}`, 'healthy', 'degraded'),
      change(5, from + 13 * hourMs, 'binance', 'unhealthy', 'healthy'),
      change(6, from + 13 * hourMs + 25 * minuteMs, 'binance', 'healthy', 'unhealthy'),
    ];
  }
}

function alertOf(
  id: string,
  name: string,
  severity: string,
  firedAt: number,
  endsAt: number | undefined,
  hostile: string,
  acknowledged?: readonly [by: string, afterMs: number],
): ReportedAlert {
  const labels = Labels.of({ alertname: `${name}${hostile}`, severity, exchange: 'binance' });
  const acknowledgedAt = acknowledged === undefined ? undefined : firedAt + acknowledged[1];
  const alert: Alert = {
    id,
    fingerprint: labels.fingerprint(),
    rule: { group: 'g', name },
    name: `${name}${hostile}`,
    state: endsAt === undefined ? 'firing' : 'resolved',
    labels,
    annotations: { summary: `${name} at binance, for a look${hostile}` },
    value: 1,
    startsAt: firedAt,
    firedAt,
    ...(endsAt === undefined ? {} : { endsAt }),
  };
  return {
    alert,
    events:
      acknowledged === undefined
        ? []
        : [
            {
              cursor: 1,
              at: firedAt + acknowledged[1],
              kind: 'acknowledged',
              alertId: id,
              state: 'firing',
              by: `${acknowledged[0]}${hostile}`,
            },
          ],
    ...(acknowledgedAt === undefined ? {} : { firstAcknowledgedAt: acknowledgedAt }),
  };
}

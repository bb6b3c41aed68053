import type { Alert, ComponentHealth } from '@tapewatch/model';
import { Labels, TimeInterval } from '@tapewatch/model';
import type {
  BacktestOutcome,
  BacktestResult,
  ChannelView,
  ExchangeView,
  PipelineStatus,
  PluginView,
  ReportHead,
  RuleGroupView,
  SilenceView,
} from '@tapewatch/pipeline';

export const sampleStart = Date.UTC(2026, 0, 31, 9, 30);

export function sampleAlert(change: Partial<Alert> = {}): Alert {
  const name = change.name ?? 'ExchangeFeedStale';
  return {
    id: 'a1',
    fingerprint: '0123456789abcdef',
    rule: { group: 'exchanges', name },
    name,
    state: 'firing',
    labels: Labels.of({ alertname: name, severity: 'critical', exchange: 'binance', venue: 'binance', feed: 'ticker' }),
    annotations: { summary: 'The ticker feed of binance is stale', runbook_url: '/runbooks/ExchangeFeedStale' },
    value: 12.5,
    startsAt: sampleStart,
    firedAt: sampleStart + 5000,
    ...change,
  };
}

/** `s1`, one that is active; with `recurring` and two matchers, so that every field has something to show. */
export function sampleSilence(change: Partial<SilenceView> = {}): SilenceView {
  const interval = TimeInterval.parse({
    times: [{ start_time: '09:00', end_time: '17:00' }],
    weekdays: ['monday:friday'],
    days_of_month: [1],
    location: 'Asia/Seoul',
  });
  return {
    id: 's1',
    matchers: [
      { name: 'venue', operator: '=', value: 'binance', matches: (value) => value === 'binance' },
      { name: 'feed', operator: '!~', value: 'order.*', matches: (value) => !value.startsWith('order') },
    ],
    startsAt: sampleStart,
    endsAt: sampleStart + 3_600_000,
    createdBy: 'jin',
    comment: 'maintenance of the venue',
    updatedAt: sampleStart,
    ...(interval.ok ? { recurring: [interval.value] } : {}),
    ended: false,
    state: 'active',
    ...change,
  };
}

export const sampleComponents: readonly ComponentHealth[] = [
  {
    name: 'exchange',
    plugin: 'exchange',
    status: 'healthy',
    responseTimeMs: 12,
    checkedAt: sampleStart,
    since: sampleStart,
  },
  {
    name: 'http',
    plugin: 'http',
    status: 'degraded',
    checkedAt: sampleStart,
    summary: 'slow',
    details: { status: 200 },
  },
];

export const sampleRules: readonly RuleGroupView[] = [
  {
    name: 'exchanges',
    file: 'config/rules/exchanges.yaml',
    intervalMs: 1000,
    lastEvaluationAt: sampleStart,
    lastEvaluationMs: 0.4,
    rules: [
      {
        name: 'ExchangeFeedStale',
        kind: 'promql',
        query: 'exchange_feed_age_seconds > 10',
        forMs: 0,
        keepFiringForMs: 0,
        labels: { severity: 'critical' },
        annotations: { summary: '{{ $labels.feed }} is stale' },
        health: 'ok',
        state: 'firing',
        alertIds: ['a1', 'gone'],
        matchedSeries: 3,
      },
    ],
  },
];

export const sampleExchanges: readonly ExchangeView[] = [
  {
    id: 'binance',
    venue: 'binance',
    connected: true,
    feedAgeMs: 500,
    requestLatencyMs: 20,
    errorsLastHour: 1,
    tickers: [
      { symbol: 'BTC/USDT', at: sampleStart, last: 100, bid: 99, ask: 101, volumeBase24h: 5, ageMs: 250 },
      { symbol: 'ETH/USDT', at: sampleStart, ageMs: 20_000 },
    ],
  },
];

export const sampleChannels: readonly ChannelView[] = [
  { name: 'console', plugin: 'console', healthy: true, lastSentAt: sampleStart, pending: 0, deadLetters: 0 },
];

export const samplePlugins: readonly PluginView[] = [
  {
    name: 'check-http',
    version: '0.1.0',
    kinds: ['check:http'],
    state: 'running',
    isolation: 'inline',
    restarts: 0,
    configSchema: { 'check:http': {} },
  },
];

export const sampleStatus: PipelineStatus = {
  startedAt: sampleStart,
  version: '0.1.0',
  seriesActive: 400,
  samplesTotal: 5_000_000_000,
  lastTickAt: sampleStart + 60_000,
  missedTicks: 0,
  tickLagP99Ms: 1.5,
  destinations: [
    {
      name: 'otlp',
      endpoint: 'http://127.0.0.1:4318',
      healthy: true,
      pointsSent: 10,
      pointsDropped: 0,
      pointsWaiting: 0,
    },
  ],
};

export function sampleReport(change: Partial<ReportHead> = {}): ReportHead {
  return {
    id: 'daily-2026-01-30-abcdefgh',
    kind: 'daily',
    from: Date.UTC(2026, 0, 30),
    to: Date.UTC(2026, 0, 31),
    createdAt: sampleStart,
    completeness: 0.98765,
    language: 'en',
    ...change,
  };
}

const sampleOutcome: BacktestOutcome = {
  rules: [{ group: 'exchanges', kind: 'promql', query: 'age > 5', forMs: 5000, keepFiringForMs: 0, intervalMs: 1000 }],
  recorded: [],
  firings: [
    {
      labels: Labels.of({ alertname: 'ExchangeFeedStale', venue: 'binance' }),
      startsAt: sampleStart,
      firedAt: sampleStart + 5000,
      fromStart: false,
      maxValue: Number.POSITIVE_INFINITY,
      minValue: 5.5,
      flap: false,
      annotations: { summary: 'stale' },
    },
  ],
  notifications: [
    {
      at: sampleStart + 5000,
      channel: 'console',
      receiver: 'console',
      status: 'firing',
      groupLabels: { alertname: 'ExchangeFeedStale' },
      alerts: [{ labels: Labels.of({ alertname: 'ExchangeFeedStale', venue: 'binance' }), status: 'firing' }],
      outcome: 'sent',
    },
    {
      at: sampleStart + 9000,
      channel: '',
      receiver: 'nobody',
      status: 'firing',
      groupLabels: {},
      alerts: [],
      outcome: 'not_sent',
      reason: 'no_channel',
    },
  ],
  totals: {
    ...{ evaluations: 60, firings: 1, firingMs: 55_000, longestMs: 55_000, pendingOnly: 2 },
    ...{ flaps: 0, sent: 1, notSent: 1 },
  },
  faults: [{ rule: 'ExchangeFeedStale', reason: 'boom', count: 2, firstAt: sampleStart, lastAt: sampleStart + 1000 }],
};

export function sampleBacktest(change: Partial<BacktestResult> = {}): BacktestResult {
  return {
    rule: 'ExchangeFeedStale',
    from: sampleStart,
    to: sampleStart + 60_000,
    tookMs: 12.5,
    data: {
      completeness: 0.9,
      holes: [{ from: sampleStart + 20_000, to: sampleStart + 30_000 }],
      selectors: [{ selector: '{__name__="age"}', series: 1, coverage: 0.75 }],
    },
    outcome: sampleOutcome,
    ...change,
  };
}

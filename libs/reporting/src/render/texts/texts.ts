import type { HealthStatus } from '@tapewatch/model';
import type { GapPart, PeakKind } from '../../daily/daily-report.js';
import type { Reason } from '../../daily/figure.js';

/** Every text of a report. What was measured keeps its own names. */
export interface ReportTexts {
  /** Of the HTML page. */
  readonly languageTag: string;
  readonly title: (day: string) => string;
  readonly rangeTitle: (from: string, to: string) => string;
  readonly range: (from: string, to: string, length: string) => string;
  readonly madeAt: (at: string) => string;
  readonly cutOff: string;
  readonly reasons: Readonly<Record<Reason, string>>;
  /** Of a severity that an alert does not have. */
  readonly noSeverity: string;
  readonly units: {
    readonly days: (n: string) => string;
    readonly hours: (n: string) => string;
    readonly minutes: (n: string) => string;
    readonly seconds: (n: string) => string;
    readonly milliseconds: (n: string) => string;
  };
  readonly key: {
    readonly alerts: string;
    readonly alertsNote: (firingAtEnd: number, firing: string) => string;
    readonly acknowledge: string;
    readonly resolve: string;
    readonly meanOf: (n: number) => string;
    readonly uptime: string;
    readonly uptimeNote: (exchange: string) => string;
    readonly noExchange: string;
    readonly completeness: string;
    readonly completenessNote: (gaps: number) => string;
  };
  readonly alerts: {
    readonly heading: string;
    readonly none: string;
    readonly timeline: string;
    readonly byName: string;
    readonly bySeverity: string;
    readonly episodes: string;
    readonly leftOut: (count: number) => string;
    readonly times: string;
    readonly mean: string;
    readonly median: string;
    readonly count: string;
    readonly toAcknowledge: string;
    readonly toResolve: string;
    readonly people: string;
    readonly nobody: string;
    readonly acknowledged: (by: string, count: number) => string;
    readonly resolved: (by: string, count: number) => string;
    readonly notifications: string;
    readonly columns: Readonly<
      Record<
        | 'alert'
        | 'severity'
        | 'episodes'
        | 'firing'
        | 'fired'
        | 'ended'
        | 'about'
        | 'acknowledgedBy'
        | 'channel'
        | 'sent'
        | 'retrying'
        | 'dead'
        | 'notSent',
        string
      >
    >;
    readonly still: string;
    readonly byHand: (by: string) => string;
  };
  readonly uptime: {
    readonly heading: string;
    readonly components: string;
    readonly none: string;
    readonly columns: Readonly<Record<'component' | 'uptime' | 'known' | 'outages' | 'down', string>>;
    readonly statuses: Readonly<Record<HealthStatus | 'unobserved', string>>;
    readonly connected: string;
    readonly notConnected: string;
  };
  readonly exchanges: {
    readonly heading: string;
    readonly none: string;
    readonly latency: (exchange: string) => string;
    readonly beyond: string;
    readonly columns: Readonly<
      Record<'exchange' | 'uptime' | 'requests' | 'p50' | 'p95' | 'p99' | 'errors' | 'stalls' | 'disconnects', string>
    >;
  };
  readonly symbols: {
    readonly heading: string;
    readonly none: string;
    readonly chartsOf: (shown: number, all: number) => string;
    readonly chart: string;
    readonly formula: string;
    readonly openNote: string;
    readonly columns: Readonly<
      Record<
        'symbol' | 'open' | 'high' | 'low' | 'close' | 'change' | 'volatility' | 'spreadMean' | 'spreadMax' | 'seen',
        string
      >
    >;
  };
  readonly host: {
    readonly heading: string;
    readonly chart: string;
    readonly cpuMean: string;
    readonly cpuMax: string;
    readonly memory: string;
    readonly kinds: Readonly<Record<PeakKind, string>>;
    readonly columns: Readonly<Record<'what' | 'peak' | 'when' | 'mean', string>>;
  };
  readonly data: {
    readonly heading: string;
    readonly completeness: (ratio: string) => string;
    readonly unobserved: (spans: string) => string;
    readonly noGaps: string;
    readonly gaps: string;
    readonly kinds: Readonly<Record<GapPart['kind'], string>>;
    readonly columns: Readonly<Record<'what' | 'name' | 'seen' | 'longest', string>>;
    readonly more: (count: number) => string;
    readonly conventions: string;
  };
}

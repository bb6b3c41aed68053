import type { HealthStatus } from '@tapewatch/model';
import type { Figure } from './figure.js';

/** A daily report as data. Times are milliseconds since the epoch, lengths milliseconds, ratios 0 to 1. It is kept as JSON and rendered from it. */
export interface DailyReport {
  /** Of this form. */
  readonly version: 1;
  readonly fromMs: number;
  readonly toMs: number;
  /** The range that was asked for reached into the future and was cut off at `toMs`. */
  readonly cutOff: boolean;
  /** Samples that were kept over those that were due. */
  readonly completeness: number;
  /** When the program did not measure at all. */
  readonly unobserved: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Charts have one point per slot. */
  readonly slots: { readonly startMs: number; readonly lengthMs: number; readonly count: number };
  readonly alerts: AlertsPart;
  readonly notifications: readonly ChannelPart[];
  readonly components: readonly ComponentPart[];
  readonly exchanges: readonly ExchangePart[];
  readonly symbols: readonly SymbolPart[];
  readonly host: HostPart;
  readonly gaps: readonly GapPart[];
}

export interface AlertsPart {
  /** Episodes that fired, or ended, in the range. */
  readonly episodes: number;
  /** Of these, those that began to fire in the range. */
  readonly began: number;
  readonly endedInRange: number;
  readonly firingAtEnd: number;
  /** Time of firing inside the range, over all episodes. */
  readonly firingMs: number;
  readonly bySeverity: readonly AlertCount[];
  /** The noisiest first. */
  readonly byName: readonly AlertCount[];
  /** From firing to the first acknowledgement, over those acknowledged in the range. */
  readonly timeToAcknowledge: Times;
  /** From firing to the end, over those that ended in the range. */
  readonly timeToResolve: Times;
  readonly acknowledgedBy: readonly PersonCount[];
  /** By hand. */
  readonly resolvedBy: readonly PersonCount[];
  /** By start; the longest when there are too many. */
  readonly list: readonly EpisodePart[];
  /** How many episodes the list leaves out. */
  readonly leftOut: number;
}

export interface AlertCount {
  /** Severity or name. */
  readonly key: string;
  readonly episodes: number;
  readonly firingMs: number;
}

export interface Times {
  readonly n: number;
  readonly meanMs: Figure;
  readonly medianMs: Figure;
}

export interface PersonCount {
  readonly by: string;
  readonly count: number;
}

export interface EpisodePart {
  readonly id: string;
  readonly name: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly firedAtMs: number;
  /** Null while it fires. */
  readonly endedAtMs: number | null;
  /** Inside the range. */
  readonly firingMs: number;
  /** In the range, newest. */
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAtMs: number | null;
  /** Who resolved it by hand. */
  readonly resolvedBy: string | null;
}

/** Notifications of the range by what became of them. */
export interface ChannelPart {
  readonly channel: string;
  readonly sent: number;
  readonly retrying: number;
  readonly dead: number;
  readonly notSent: number;
}

export interface ComponentPart {
  readonly component: string;
  /** Time that it worked (healthy or degraded) over time in which its status was known. */
  readonly uptime: Figure;
  /** Time in which its status was known over the whole range. */
  readonly knownRatio: number;
  /** How often it became unhealthy. */
  readonly outages: number;
  readonly downMs: number;
  /** What held when, within the range; null while nobody looked. */
  readonly stretches: readonly StatusStretch[];
}

export interface StatusStretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly status: HealthStatus | 'unobserved';
}

export interface ExchangePart {
  readonly exchange: string;
  readonly venue: string;
  /** Time connected over time seen. */
  readonly uptime: Figure;
  readonly seenRatio: number;
  readonly requests: Figure;
  readonly latency: LatencyPart;
  readonly errors: Figure;
  readonly errorsByType: readonly { readonly type: string; readonly count: number }[];
  readonly stalls: Figure;
  readonly disconnects: Figure;
  /** Per slot; null where there was nothing. */
  readonly chart: {
    readonly p50Ms: readonly (number | null)[];
    readonly p95Ms: readonly (number | null)[];
    readonly p99Ms: readonly (number | null)[];
    readonly connected: readonly (number | null)[];
  };
}

/** Of requests, on the wire; `beyond` = above the histogram's last bound, which stands in its place. */
export interface LatencyPart {
  readonly p50Ms: Figure;
  readonly p95Ms: Figure;
  readonly p99Ms: Figure;
  readonly beyond: readonly ('p50' | 'p95' | 'p99')[];
}

export interface SymbolPart {
  readonly exchange: string;
  readonly symbol: string;
  readonly open: Figure;
  /** `before` = the last price before the range; `first_minute` = the last price of the first minute that has one. */
  readonly openFrom: 'before' | 'first_minute' | null;
  readonly high: Figure;
  readonly low: Figure;
  readonly close: Figure;
  /** close / open - 1 */
  readonly change: Figure;
  /** Of the day, from one-minute log returns. */
  readonly volatility: Figure;
  readonly returns: number;
  /** (ask - bid) / mid */
  readonly spreadMean: Figure;
  readonly spreadMax: Figure;
  readonly seenRatio: number;
  /** Per slot: low, high, close; null where there was no price. */
  readonly chart: readonly (readonly [low: number, high: number, close: number] | null)[];
}

export interface HostPart {
  readonly peaks: readonly PeakPart[];
  readonly chart: {
    readonly cpuMean: readonly (number | null)[];
    readonly cpuMax: readonly (number | null)[];
    readonly memory: readonly (number | null)[];
  };
}

export const peakKinds = ['cpu', 'memory', 'disk', 'load', 'event_loop_delay', 'process_memory'] as const;
export type PeakKind = (typeof peakKinds)[number];

export interface PeakPart {
  readonly kind: PeakKind;
  /** The mount point of a disk. */
  readonly of: string | null;
  readonly peak: Figure;
  /** The minute. */
  readonly atMs: number | null;
  readonly mean: Figure;
}

/** What is watched, and was seen for less of the time than the program measured. */
export interface GapPart {
  readonly kind: 'exchange' | 'symbol' | 'component';
  readonly name: string;
  readonly seenRatio: number;
  /** The longest time without a sample while the program measured; null where that is not known. */
  readonly longestGapMs: number | null;
}

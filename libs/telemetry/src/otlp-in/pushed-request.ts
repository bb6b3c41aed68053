import type { Attributes } from '@opentelemetry/api';

/** What an OTLP metrics request says, whichever of its two encodings it came in (opentelemetry-proto, metrics v1). */
export interface PushedRequest {
  readonly resources: readonly PushedResource[];
}

export interface PushedResource {
  readonly attributes: Attributes;
  /** Of all its scopes. */
  readonly metrics: readonly PushedMetric[];
}

export type Temporality = 'unspecified' | 'delta' | 'cumulative';

interface Described {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

export type PushedMetric = Described &
  (
    | { readonly kind: 'gauge'; readonly points: readonly NumberPoint[] }
    | {
        readonly kind: 'sum';
        readonly points: readonly NumberPoint[];
        readonly temporality: Temporality;
        readonly monotonic: boolean;
      }
    | { readonly kind: 'histogram'; readonly points: readonly HistogramPoint[]; readonly temporality: Temporality }
    | { readonly kind: 'summary'; readonly points: readonly SummaryPoint[] }
    /** Not kept; how many points it had is told to whoever sent them. */
    | { readonly kind: 'exponential_histogram' | 'none'; readonly points: { readonly length: number } }
  );

export interface PushedPoint {
  readonly attributes: Attributes;
  /** Milliseconds since the epoch; 0 when it was left out. */
  readonly timeMs: number;
  /** When the sums began; 0 when unknown. */
  readonly startMs: number;
  /** The source says that there is no value any more: the series has ended. */
  readonly ended: boolean;
}

export interface NumberPoint extends PushedPoint {
  /** NaN when the point has none. */
  readonly value: number;
}

export interface HistogramPoint extends PushedPoint {
  readonly count: number;
  readonly sum?: number;
  /** Each bucket's own count: one more than there are bounds, or none at all. */
  readonly buckets: readonly number[];
  /** Upper bounds, ascending, the last one without +Inf. */
  readonly bounds: readonly number[];
}

export interface SummaryPoint extends PushedPoint {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

/** The bit of a point's flags that says "no recorded value". */
export const noRecordedValue = 1;

/** A request that cannot be read at all. */
export class MalformedRequestError extends Error {
  override readonly name = 'MalformedRequestError';
}

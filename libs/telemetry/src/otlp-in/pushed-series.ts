import type { Attributes } from '@opentelemetry/api';
import { Labels } from '@tapewatch/model';
import type { MetricDescription, Series } from '@tapewatch/model';
import { labelsOf } from '../series-translation/series-labels.js';
import type { SeriesPart } from './series-shape.js';

/** Until two samples have shown it: the interval at which OpenTelemetry's SDKs export by default. */
const assumedRhythmMs = 60_000;
const rhythmsUntilEnded = 2.5;
const leastUntilEndedMs = 10_000;

/** A point that was taken. */
export interface Taken {
  /** On the timeline of the ticks. */
  readonly timeMs: number;
  /** As the point says. */
  readonly pointMs: number;
  readonly values: ArrayLike<number>;
  /** By the monotonic clock. */
  readonly arrivedMs: number;
  readonly ended: boolean;
}

/** What one attribute set of one pushed metric has become: its series, and how it comes in. */
export class PushedSeries {
  readonly series: readonly Series[];
  /** What a source of differences has added up to, one number for each series. */
  totals: Float64Array | undefined;
  /** Time of the newest sample, on the timeline of the ticks. */
  newestMs = -Infinity;
  /** The time that its point had. */
  pointMs = -Infinity;
  /** Its values, one for each series. */
  values: ArrayLike<number> = [];
  /** When it arrived, by the monotonic clock. */
  arrivedMs = 0;
  ended = false;
  #rhythmMs = assumedRhythmMs;

  constructor(series: readonly Series[]) {
    this.series = series;
  }

  took({ timeMs, pointMs, values, arrivedMs, ended }: Taken): void {
    const sinceMs = timeMs - this.newestMs;
    // A pause is no rhythm: after one the series begins anew.
    if (Number.isFinite(sinceMs) && !this.ended) this.#rhythmMs = sinceMs;
    this.newestMs = timeMs;
    this.pointMs = pointMs;
    this.values = values;
    this.arrivedMs = arrivedMs;
    this.ended = ended;
  }

  /** Whether it has been silent for so long that it is over. */
  isSilentAt(monotonicMs: number): boolean {
    const untilMs = Math.max(leastUntilEndedMs, this.#rhythmMs * rhythmsUntilEnded);
    return !this.ended && monotonicMs - this.arrivedMs > untilMs;
  }
}

/** The series of the parts of one point. */
export function seriesOf(
  metric: MetricDescription,
  parts: readonly SeriesPart[],
  attributes: Attributes,
  target: Readonly<Record<string, string>>,
): readonly Series[] {
  const labels = labelsOf(attributes, target);
  return parts.map(({ suffix, label }) => ({
    labels: Labels.of({
      ...labels,
      ...(label === undefined ? {} : { [label[0]]: label[1] }),
      __name__: metric.name + suffix,
    }),
    metric,
  }));
}

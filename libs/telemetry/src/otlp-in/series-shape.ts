import { formatFloat } from '../series-translation/format-float.js';
import type { HistogramPoint, PushedMetric, SummaryPoint } from './pushed-request.js';

/** One of the series that a point becomes: what is added to the metric's name and labels. */
export interface SeriesPart {
  readonly suffix: string;
  readonly label?: readonly [name: string, value: string];
}

/** The series of a point and their values, in the same order; cumulative buckets, as Prometheus counts them. */
export interface Shaped {
  readonly parts: readonly SeriesPart[];
  readonly values: readonly number[];
}

const sumAndCount: readonly SeriesPart[] = [{ suffix: '_sum' }, { suffix: '_count' }];
const single: readonly SeriesPart[] = [{ suffix: '' }];

/** What points of this metric become; a text says why one becomes nothing. */
export function shapesOf(metric: PushedMetric): readonly (Shaped | string)[] {
  switch (metric.kind) {
    case 'gauge':
    case 'sum':
      return metric.points.map(({ value, ended }) =>
        Number.isNaN(value) && !ended ? 'a point has no value' : { parts: single, values: [value] },
      );
    case 'histogram':
      return metric.points.map(histogramShape);
    case 'summary':
      return metric.points.map(summaryShape);
    case 'exponential_histogram':
      return refusals(metric.points.length, 'exponential histograms are not kept yet: send explicit buckets');
    case 'none':
      return refusals(metric.points.length, 'the metric has no data that is known here');
  }
}

function refusals(count: number, reason: string): readonly string[] {
  return Array.from({ length: count }, () => reason);
}

function histogramShape({ buckets, bounds, count, sum }: HistogramPoint): Shaped | string {
  if (buckets.length !== bounds.length + 1 && (buckets.length > 0 || bounds.length > 0))
    return `a histogram has ${buckets.length} buckets for ${bounds.length} bounds; one more is needed`;
  if (bounds.some((bound, i) => i > 0 && !(bound > (bounds[i - 1] as number))))
    return 'the bounds of a histogram do not ascend';
  const parts: SeriesPart[] = [];
  const values: number[] = [];
  let total = 0;
  bounds.forEach((bound, i) => {
    total += buckets[i] as number;
    parts.push({ suffix: '_bucket', label: ['le', formatFloat(bound)] });
    values.push(total);
  });
  // A last bound of +Inf would make the last bucket twice.
  if (bounds.at(-1) === Infinity) {
    parts.pop();
    values.pop();
  }
  parts.push({ suffix: '_bucket', label: ['le', '+Inf'] });
  values.push(count);
  if (sum !== undefined) {
    parts.push({ suffix: '_sum' });
    values.push(sum);
  }
  return { parts: [...parts, { suffix: '_count' }], values: [...values, count] };
}

function summaryShape({ quantiles, sum, count }: SummaryPoint): Shaped {
  return {
    parts: [
      ...quantiles.map(({ quantile }): SeriesPart => ({ suffix: '', label: ['quantile', formatFloat(quantile)] })),
      ...sumAndCount,
    ],
    values: [...quantiles.map(({ value }) => value), sum, count],
  };
}

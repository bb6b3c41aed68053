import type { Labels } from '@tapewatch/model';
import { InstantVector } from '../evaluate/instant-vector.js';
import { LabelGroups, LabelMemo } from '../evaluate/label-memo.js';
import type { LabelGroup } from '../evaluate/label-memo.js';
import { quantileParameter } from '../evaluate/quantile-parameter.js';
import type { QueryRun } from '../evaluate/query-run.js';
import type { Expression } from '../syntax/ast.js';
import { notedRange } from '../syntax/noted-range.js';
import type { SourceRange } from '../syntax/source-range.js';
import { quoteString } from '../syntax/string-literal.js';
import { fractionOfBuckets, quantileOfBuckets } from './buckets.js';
import type { Bucket, ForcedMonotonicity } from './buckets.js';
import type { FunctionPlan } from './function-plan.js';
import { MendedHistograms } from './mended-histograms.js';

interface Histogram {
  readonly labels: Labels;
  readonly buckets: Bucket[];
}

/** Puts the samples of `le` series together to histograms. */
class HistogramCollector {
  readonly #range: SourceRange;
  readonly #groups = new LabelGroups((labels) => labels.without('le'));
  readonly #bounds = new LabelMemo((labels) => parseBound(labels.get('le')));

  constructor(range: SourceRange) {
    this.#range = range;
  }

  collect(run: QueryRun, vector: InstantVector): Histogram[] {
    const histograms: Histogram[] = [];
    const pass = this.#groups.begin(vector.length);
    this.#bounds.expect(vector.length);
    for (let i = 0; i < vector.length; i++) {
      const labels = vector.labels[i] as Labels;
      const upperBound = this.#bounds.of(labels);
      if (Number.isNaN(upperBound)) {
        this.#warnOfBound(run, labels);
        continue;
      }
      const histogram = this.#histogram(histograms, this.#groups.of(labels), pass);
      histogram.buckets.push({ upperBound, count: vector.values[i] as number });
    }
    return histograms;
  }

  #histogram(histograms: Histogram[], group: LabelGroup, pass: number): Histogram {
    if (group.pass !== pass) {
      group.pass = pass;
      group.slot = histograms.length;
      histograms.push({ labels: group.labels, buckets: [] });
    }
    return histograms[group.slot] as Histogram;
  }

  #warnOfBound(run: QueryRun, labels: Labels): void {
    const text = `bucket label "le" is missing or has a malformed value of ${quoteString(labels.get('le'))}`;
    run.warn(text + ofMetric(labels), this.#range);
  }
}

function ofMetric(labels: Labels): string {
  const name = labels.get('__name__');
  return name === '' ? '' : ` for metric name ${quoteString(name)}`;
}

/** NaN when the text is no number. */
function parseBound(text: string): number {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
}

const histogramQuantile: FunctionPlan = ({ args }, planner) => {
  const [qArg, vectorArg] = args as [Expression, Expression];
  const q = quantileParameter(planner.scalar(qArg), notedRange(qArg));
  const vector = planner.vector(vectorArg);
  const collector = new HistogramCollector(notedRange(vectorArg));
  return {
    kind: 'vector',
    at(run, timeMs) {
      const input = vector.at(run, timeMs);
      const wanted = q(run, timeMs);
      const result = new InstantVector();
      for (const { labels, buckets } of collector.collect(run, input)) {
        const { value, forced } = quantileOfBuckets(wanted, buckets);
        if (forced !== undefined) informOfForce(run, labels, forced, timeMs, notedRange(vectorArg));
        result.push(labels, value, true);
      }
      return result;
    },
  };
};

function informOfForce(
  run: QueryRun,
  labels: Labels,
  forced: ForcedMonotonicity,
  timeMs: number,
  range: SourceRange,
): void {
  const message =
    'input to histogram_quantile needed to be fixed for monotonicity ' +
    '(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)';
  const mended = new MendedHistograms(forced, timeMs);
  run.informOnce(message + ofMetric(labels), range, mended, (known) => known.add(forced, timeMs));
}

const histogramFraction: FunctionPlan = ({ args }, planner) => {
  const [lowArg, highArg, vectorArg] = args as [Expression, Expression, Expression];
  const low = planner.scalar(lowArg);
  const high = planner.scalar(highArg);
  const vector = planner.vector(vectorArg);
  const collector = new HistogramCollector(notedRange(vectorArg));
  return {
    kind: 'vector',
    at(run, timeMs) {
      const lower = low.at(run, timeMs);
      const upper = high.at(run, timeMs);
      const result = new InstantVector();
      for (const { labels, buckets } of collector.collect(run, vector.at(run, timeMs))) {
        result.push(labels, fractionOfBuckets(lower, upper, buckets), true);
      }
      return result;
    },
  };
};

/** Looks at native histograms only and passes over numbers, which is all that there is here. */
const ofNativeHistograms: FunctionPlan = ({ args }, planner) => {
  const vector = planner.vector(args[0]);
  return {
    kind: 'vector',
    at(run, timeMs) {
      vector.at(run, timeMs);
      return new InstantVector();
    },
  };
};

export const histogramPlans: Readonly<Record<string, FunctionPlan>> = {
  histogram_avg: ofNativeHistograms,
  histogram_count: ofNativeHistograms,
  histogram_sum: ofNativeHistograms,
  histogram_stddev: ofNativeHistograms,
  histogram_stdvar: ofNativeHistograms,
  histogram_quantile: histogramQuantile,
  histogram_fraction: histogramFraction,
};

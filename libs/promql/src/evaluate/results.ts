import { Labels } from '@tapewatch/model';
import { EvaluationError } from '../errors.js';
import type { MatrixSeries, VectorSample } from '../query-result.js';
import { SampleBuffer } from '../series-source.js';
import type { SourceRange } from '../syntax/source-range.js';
import type { InstantVector } from './instant-vector.js';
import type { LabelMemo } from './label-memo.js';
import { compareLabels } from './label-projection.js';
import type { WindowPlan } from './plan.js';
import type { QueryRun } from './query-run.js';

function refuseDuplicate(range: SourceRange): never {
  throw new EvaluationError('vector cannot contain metrics with the same labelset', range);
}

/** The samples of a vector with their final labels. */
export function toVectorSamples(
  vector: InstantVector,
  nameless: LabelMemo<Labels>,
  range: SourceRange,
): VectorSample[] {
  nameless.expect(vector.length);
  const samples: VectorSample[] = [];
  for (let i = 0; i < vector.length; i++) {
    const labels = vector.labels[i] as Labels;
    samples.push({
      labels: vector.dropName[i] === true ? nameless.of(labels) : labels,
      value: vector.values[i] as number,
    });
  }
  if (samples.length > 1) {
    const seen = new Set<string>();
    for (const { labels } of samples) seen.add(labels.key);
    if (seen.size < samples.length) refuseDuplicate(range);
  }
  return samples;
}

function toSeries(labels: Labels, { times, values, length }: SampleBuffer): MatrixSeries {
  return { labels, times: times.slice(0, length), values: values.slice(0, length) };
}

/** The range vector itself, for an instant query that asks for one. */
export function readWindows(
  plan: WindowPlan,
  run: QueryRun,
  atMs: number,
  nameless: LabelMemo<Labels>,
): MatrixSeries[] {
  const series: MatrixSeries[] = [];
  plan.visit(run, atMs, (labels, samples, dropName) => {
    run.countPoints(samples.length);
    series.push(toSeries(dropName ? nameless.of(labels) : labels, samples));
  });
  return series.sort((a, b) => compareLabels(a.labels, b.labels));
}

/** Puts the results of the steps of a range query together, series by series. */
export class SeriesCollector {
  readonly #run: QueryRun;
  readonly #nameless: LabelMemo<Labels>;
  readonly #range: SourceRange;
  readonly #series = new Map<string, { labels: Labels; samples: SampleBuffer }>();

  constructor(run: QueryRun, nameless: LabelMemo<Labels>, range: SourceRange) {
    this.#run = run;
    this.#nameless = nameless;
    this.#range = range;
  }

  addScalar(timeMs: number, value: number): void {
    this.#run.countPoints(1);
    this.#samplesOf(Labels.EMPTY).push(timeMs, value);
  }

  addVector(timeMs: number, vector: InstantVector): void {
    this.#run.countPoints(vector.length);
    this.#nameless.expect(vector.length);
    for (let i = 0; i < vector.length; i++) {
      const labels = vector.labels[i] as Labels;
      const samples = this.#samplesOf(vector.dropName[i] === true ? this.#nameless.of(labels) : labels);
      if (samples.length > 0 && samples.times[samples.length - 1] === timeMs) refuseDuplicate(this.#range);
      samples.push(timeMs, vector.values[i] as number);
    }
  }

  finish(): MatrixSeries[] {
    const series = Array.from(this.#series.values(), ({ labels, samples }) => toSeries(labels, samples));
    return series.sort((a, b) => compareLabels(a.labels, b.labels));
  }

  #samplesOf(labels: Labels): SampleBuffer {
    let entry = this.#series.get(labels.key);
    if (entry === undefined) {
      entry = { labels, samples: new SampleBuffer(16) };
      this.#series.set(labels.key, entry);
    }
    return entry.samples;
  }
}

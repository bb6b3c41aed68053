import type { Labels } from '@tapewatch/model';
import { EvaluationError } from '../errors.js';
import { SampleBuffer } from '../series-source.js';
import type { Subquery } from '../syntax/ast.js';
import type { InstantVector } from './instant-vector.js';
import type { VectorPlan, WindowPlan } from './plan.js';
import type { QueryRun } from './query-run.js';
import { shiftedTime } from './time-frame.js';

interface Collected {
  readonly labels: Labels;
  readonly samples: SampleBuffer;
  dropName: boolean;
}

/** How many steps are taken between two looks at the deadline. */
const stepsPerLook = 64;

/** Evaluates `inner` at every multiple of the step in the window, whatever the time of the evaluation is. */
export function planSubquery(subquery: Subquery, slot: number, inner: VectorPlan, nested: boolean): WindowPlan {
  const { rangeMs } = subquery;
  const endOf = (run: QueryRun, timeMs: number): number => shiftedTime(subquery, run, timeMs);
  const collectAll = (run: QueryRun, toMs: number): Iterable<Collected> => {
    const stepMs = subquery.stepMs ?? run.defaultStepMs;
    const firstMs = (Math.floor((toMs - rangeMs) / stepMs) + 1) * stepMs;
    const resultAt = resultsOf(run, slot, inner, nested, Math.ceil(rangeMs / stepMs), firstMs);
    const series = new Map<string, Collected>();
    let steps = 0;
    for (let atMs = firstMs; atMs <= toMs; atMs += stepMs) {
      if (steps++ % stepsPerLook === 0) run.checkDeadline();
      const vector = resultAt(atMs);
      run.countSamples(vector.length);
      collect(subquery, series, vector, atMs);
    }
    return series.values();
  };
  return {
    kind: 'matrix',
    rangeMs,
    endOf,
    visit(run, timeMs, visitor) {
      for (const { labels, samples, dropName } of collectAll(run, endOf(run, timeMs)))
        visitor(labels, samples, dropName);
    },
  };
}

/**
 * Where windows overlap, those of the steps of a range query or of a subquery around this one, each time is worked
 * out once in a run.
 */
function resultsOf(
  run: QueryRun,
  slot: number,
  inner: VectorPlan,
  nested: boolean,
  steps: number,
  firstMs: number,
): (atMs: number) => InstantVector {
  if (!nested && !run.isRange) return (atMs) => inner.at(run, atMs);
  const results = run.subqueryResults(slot);
  if (results.size > 4 * steps + 64) forgetBefore(results, firstMs);
  return (atMs) => {
    const known = results.get(atMs);
    if (known !== undefined) return known;
    const result = inner.at(run, atMs);
    results.set(atMs, result);
    return result;
  };
}

function forgetBefore(results: Map<number, InstantVector>, firstMs: number): void {
  for (const atMs of results.keys()) if (atMs < firstMs) results.delete(atMs);
}

function collect(subquery: Subquery, series: Map<string, Collected>, vector: InstantVector, atMs: number): void {
  for (let i = 0; i < vector.length; i++) {
    const labels = vector.labels[i] as Labels;
    let collected = series.get(labels.key);
    if (collected === undefined) {
      collected = { labels, samples: new SampleBuffer(16), dropName: false };
      series.set(labels.key, collected);
    }
    const { samples } = collected;
    if (samples.length > 0 && samples.times[samples.length - 1] === atMs) {
      throw new EvaluationError('vector cannot contain metrics with the same labelset', subquery.range);
    }
    samples.push(atMs, vector.values[i] as number);
    collected.dropName ||= vector.dropName[i] as boolean;
  }
}

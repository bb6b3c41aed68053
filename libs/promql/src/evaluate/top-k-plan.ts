import type { Labels } from '@tapewatch/model';
import { EvaluationError } from '../errors.js';
import { formatShort } from '../functions/go-format.js';
import type { Aggregation } from '../syntax/ast.js';
import type { AggregationGroups } from './aggregation-groups.js';
import type { AggregationParameter, ParameterRange } from './aggregation-parameter.js';
import { InstantVector } from './instant-vector.js';
import type { VectorPlan } from './plan.js';

/** topk and bottomk: whole samples of each group, the best first, NaN the last of all. */
export function planTopK(
  aggregation: Aggregation,
  parameter: AggregationParameter,
  vector: VectorPlan,
  groups: AggregationGroups,
): VectorPlan {
  const better = aggregation.operator === 'topk' ? (a: number, b: number) => a > b : (a: number, b: number) => a < b;
  return {
    kind: 'vector',
    at(run, timeMs) {
      const input = vector.at(run, timeMs);
      const range = parameter.unjudged(run, timeMs);
      if (range !== undefined) checkCounts(range, aggregation);
      const k = Math.trunc(parameter.at(run, timeMs));
      const result = new InstantVector();
      if (k < 1) return result;
      const division = groups.divide(input);
      const kept = division.groups.map(() => new BestSamples(input.values, k, better));
      for (let i = 0; i < input.length; i++) kept[division.groupOf[i] as number]?.offer(i);
      for (const best of kept) {
        for (const i of best.indices()) {
          result.push(input.labels[i] as Labels, input.values[i] as number, input.dropName[i] as boolean);
        }
      }
      return result;
    },
  };
}

const beyondInt64 = 2 ** 63;

function checkCounts({ least, most, someNaN }: ParameterRange, { range }: Aggregation): void {
  if (most < 1 && !someNaN) return;
  if (someNaN) throw new EvaluationError('Parameter value is NaN', range);
  if (least <= -beyondInt64) throw new EvaluationError(`Scalar value ${formatShort(least)} underflows int64`, range);
  if (most >= beyondInt64) throw new EvaluationError(`Scalar value ${formatShort(most)} overflows int64`, range);
}

/** Of equals, who came first is better. */
class BestSamples {
  readonly #values: readonly number[];
  readonly #k: number;
  readonly #better: (a: number, b: number) => boolean;
  /** A heap, the worst on top. */
  readonly #heap: number[] = [];

  constructor(values: readonly number[], k: number, better: (a: number, b: number) => boolean) {
    this.#values = values;
    this.#k = k;
    this.#better = better;
  }

  offer(index: number): void {
    const heap = this.#heap;
    if (heap.length < this.#k) {
      heap.push(index);
      this.#rise(heap.length - 1);
    } else if (this.#isBetter(index, heap[0] as number)) {
      heap[0] = index;
      this.#sink();
    }
  }

  /** The best first. */
  indices(): number[] {
    return this.#heap.sort((i, j) => (this.#isBetter(i, j) ? -1 : 1));
  }

  #isBetter(i: number, j: number): boolean {
    const a = this.#values[i] as number;
    const b = this.#values[j] as number;
    if (Number.isNaN(a)) return Number.isNaN(b) && i < j;
    if (Number.isNaN(b) || this.#better(a, b)) return true;
    return a === b && i < j;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#isBetter(heap[parent] as number, heap[child] as number)) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    let parent = 0;
    for (;;) {
      let worst = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && this.#isBetter(heap[worst] as number, heap[child] as number)) worst = child;
      }
      if (worst === parent) return;
      this.#swap(parent, worst);
      parent = worst;
    }
  }

  #swap(i: number, j: number): void {
    const kept = this.#heap[i] as number;
    this.#heap[i] = this.#heap[j] as number;
    this.#heap[j] = kept;
  }
}

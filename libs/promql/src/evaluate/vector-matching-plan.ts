import { Labels } from '@tapewatch/model';
import { EvaluationError } from '../errors.js';
import type { Binary, VectorMatching } from '../syntax/ast.js';
import { InstantVector } from './instant-vector.js';
import { LabelGroups, LabelMemo } from './label-memo.js';
import { formatLabelSet, matchingProjection, withoutName } from './label-projection.js';
import { arithmeticOf, comparisonOf, isArithmetic, isComparisonOperator } from './operators.js';
import type { VectorPlan } from './plan.js';

/**
 * Arithmetic and comparison between two vectors: each sample of the many side meets the one sample of the other that
 * matches it.
 */
export function planVectorMatching(binary: Binary, left: VectorPlan, right: VectorPlan): VectorPlan {
  const join = new VectorJoin(binary);
  return { kind: 'vector', at: (run, timeMs) => join.of(left.at(run, timeMs), right.at(run, timeMs)) };
}

class VectorJoin {
  readonly #binary: Binary;
  readonly #matching: VectorMatching;
  readonly #oneIsLeft: boolean;
  readonly #groups: LabelGroups;
  readonly #resultLabels: ResultLabels;
  /** undefined: the pair is filtered away. */
  readonly #operation: (left: number, right: number) => number | undefined;

  constructor(binary: Binary) {
    this.#binary = binary;
    this.#matching = binary.matching as VectorMatching;
    this.#oneIsLeft = this.#matching.cardinality === 'one-to-many';
    this.#groups = new LabelGroups(matchingProjection(this.#matching.on, this.#matching.labels));
    this.#resultLabels = new ResultLabels(this.#matching, isArithmetic(binary.operator));
    this.#operation = operationOf(binary);
  }

  of(left: InstantVector, right: InstantVector): InstantVector {
    const result = new InstantVector();
    if (left.length === 0 || right.length === 0) return result;
    const [one, many] = this.#oneIsLeft ? [left, right] : [right, left];
    const pass = this.#groups.begin(left.length + right.length);
    this.#resultLabels.expect(many.length);
    this.#enterOneSide(one, pass);
    const grouped = this.#matching.cardinality !== 'one-to-one';
    const matched = grouped ? new Set<string>() : new Uint8Array(one.length);
    for (let i = 0; i < many.length; i++) {
      const manyLabels = many.labels[i] as Labels;
      const group = this.#groups.of(manyLabels);
      if (group.pass !== pass) continue;
      const j = group.slot;
      const labels = this.#resultLabels.of(manyLabels, one.labels[j] as Labels);
      this.#refuseSecondMatch(matched, j, labels);
      const [a, b] = this.#oneIsLeft ? [one.values[j], many.values[i]] : [many.values[i], one.values[j]];
      const value = this.#operation(a as number, b as number);
      // The labels are made anew, so a name that was to be dropped stays where a comparison keeps it.
      if (value !== undefined) result.push(labels, value, this.#binary.bool);
    }
    return result;
  }

  #enterOneSide(one: InstantVector, pass: number): void {
    for (let j = 0; j < one.length; j++) {
      const labels = one.labels[j] as Labels;
      const group = this.#groups.of(labels);
      if (group.pass === pass) this.#refuseDuplicate(group.labels, [one.labels[group.slot] as Labels, labels]);
      group.pass = pass;
      group.slot = j;
    }
  }

  #refuseDuplicate(group: Labels, series: Labels[]): never {
    const side = this.#oneIsLeft ? 'left' : 'right';
    const found = series.map(formatLabelSet).sort().join(', ');
    throw new EvaluationError(
      `found duplicate series for the match group ${formatLabelSet(group)} on the ${side} hand-side of the operation: ` +
        `[${found}];many-to-many matching not allowed: matching labels must be unique on one side`,
      this.#binary.range,
    );
  }

  /** Also for pairs that a comparison filters away, so that an error does not come and go with the values. */
  #refuseSecondMatch(matched: Set<string> | Uint8Array, slot: number, labels: Labels): void {
    if (matched instanceof Uint8Array) {
      if (matched[slot] === 1) {
        throw new EvaluationError(
          'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
          this.#binary.range,
        );
      }
      matched[slot] = 1;
      return;
    }
    if (matched.has(labels.key)) {
      throw new EvaluationError(
        'multiple matches for labels: grouping labels must ensure unique matches',
        this.#binary.range,
      );
    }
    matched.add(labels.key);
  }
}

function operationOf({ operator, bool }: Binary): (left: number, right: number) => number | undefined {
  if (isArithmetic(operator)) return arithmeticOf(operator);
  if (!isComparisonOperator(operator)) throw new Error(`unchecked operator ${operator}`);
  const holds = comparisonOf(operator);
  if (bool) return (left, right) => (holds(left, right) ? 1 : 0);
  return (left, right) => (holds(left, right) ? left : undefined);
}

/** The labels of what two samples give together. */
class ResultLabels {
  readonly #include: readonly string[];
  readonly #base: LabelMemo<Labels>;
  readonly #pairs: LabelMemo<{ one: Labels | undefined; labels: Labels }>;

  constructor(matching: VectorMatching, dropsName: boolean) {
    this.#include = matching.include;
    const project = projectionOfMany(matching, dropsName);
    this.#base = new LabelMemo(project);
    this.#pairs = new LabelMemo(() => ({ one: undefined, labels: Labels.EMPTY }));
  }

  expect(count: number): void {
    this.#base.expect(count);
    this.#pairs.expect(count);
  }

  of(many: Labels, one: Labels): Labels {
    const base = this.#base.of(many);
    if (this.#include.length === 0) return base;
    const pair = this.#pairs.of(many);
    if (pair.one !== one) {
      pair.one = one;
      pair.labels = base.with(Object.fromEntries(this.#include.map((name) => [name, one.get(name)])));
    }
    return pair.labels;
  }
}

function projectionOfMany(
  { cardinality, on, labels: names }: VectorMatching,
  dropsName: boolean,
): (labels: Labels) => Labels {
  const kept = (labels: Labels): Labels => (dropsName ? withoutName(labels) : labels);
  if (cardinality !== 'one-to-one') return kept;
  return on ? (labels) => kept(labels).keep(...names) : (labels) => kept(labels).without(...names);
}

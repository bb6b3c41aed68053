import type { Labels } from '@tapewatch/model';
import type { aggregateBy } from '../functions/aggregates.js';
import { InstantVector } from './instant-vector.js';
import { LabelGroups } from './label-memo.js';
import type { LabelGroup } from './label-memo.js';

/** Which samples of a vector go together. Good until the next vector is divided. */
export interface Division {
  readonly groups: readonly LabelGroup[];
  /** For each sample the index of its group. */
  readonly groupOf: Int32Array;
  /** For each group whether any of its samples loses its name. */
  readonly dropName: readonly boolean[];
}

export class AggregationGroups {
  readonly #groups: LabelGroups;
  #groupOf = new Int32Array(64);

  constructor(project: (labels: Labels) => Labels) {
    this.#groups = new LabelGroups(project);
  }

  divide({ labels, dropName: dropped }: InstantVector): Division {
    const pass = this.#groups.begin(labels.length);
    if (this.#groupOf.length < labels.length) this.#groupOf = new Int32Array(labels.length * 2);
    const groupOf = this.#groupOf;
    const groups: LabelGroup[] = [];
    const dropName: boolean[] = [];
    for (let i = 0; i < labels.length; i++) {
      const group = this.#groups.of(labels[i] as Labels);
      if (group.pass !== pass) {
        group.pass = pass;
        group.slot = groups.length;
        groups.push(group);
        dropName.push(false);
      }
      groupOf[i] = group.slot;
      if (dropped[i] === true) dropName[group.slot] = true;
    }
    return { groups, groupOf, dropName };
  }

  reduce(aggregate: ReturnType<typeof aggregateBy>, parameter: number, vector: InstantVector): InstantVector {
    const { groups, groupOf, dropName } = this.divide(vector);
    const values = aggregate(vector.values, groupOf, groups.length, parameter);
    const result = new InstantVector();
    for (let g = 0; g < groups.length; g++) {
      result.push((groups[g] as LabelGroup).labels, values[g] as number, dropName[g] as boolean);
    }
    return result;
  }
}

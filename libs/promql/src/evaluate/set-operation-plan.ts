import type { Labels } from '@tapewatch/model';
import type { Binary, VectorMatching } from '../syntax/ast.js';
import { InstantVector } from './instant-vector.js';
import { LabelGroups } from './label-memo.js';
import { matchingProjection } from './label-projection.js';
import type { VectorPlan } from './plan.js';

/** and, or, unless: whole samples are kept or left out, values play no part. */
export function planSetOperation({ operator, matching }: Binary, left: VectorPlan, right: VectorPlan): VectorPlan {
  const { on, labels } = matching as VectorMatching;
  const groups = new LabelGroups(matchingProjection(on, labels));
  return {
    kind: 'vector',
    at(run, timeMs) {
      const a = left.at(run, timeMs);
      const b = right.at(run, timeMs);
      return operator === 'or' ? unionOf(groups, a, b) : keep(groups, a, b, operator === 'and');
    },
  };
}

/** The samples of `left` that have a partner, or those that have none. */
function keep(groups: LabelGroups, left: InstantVector, right: InstantVector, withPartner: boolean): InstantVector {
  const pass = groups.begin(left.length + right.length);
  for (const labels of right.labels) groups.of(labels).pass = pass;
  const result = new InstantVector();
  append(result, left, (labels) => (groups.of(labels).pass === pass) === withPartner);
  return result;
}

/** All of `left`, and those of `right` that have no partner there. */
function unionOf(groups: LabelGroups, left: InstantVector, right: InstantVector): InstantVector {
  const pass = groups.begin(left.length + right.length);
  const result = new InstantVector();
  append(result, left, (labels) => {
    groups.of(labels).pass = pass;
    return true;
  });
  append(result, right, (labels) => groups.of(labels).pass !== pass);
  return result;
}

function append(result: InstantVector, vector: InstantVector, wanted: (labels: Labels) => boolean): void {
  for (let i = 0; i < vector.length; i++) {
    const labels = vector.labels[i] as Labels;
    if (wanted(labels)) result.push(labels, vector.values[i] as number, vector.dropName[i] as boolean);
  }
}

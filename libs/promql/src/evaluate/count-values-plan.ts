import type { Labels } from '@tapewatch/model';
import { EvaluationError } from '../errors.js';
import { formatPlain } from '../functions/go-format.js';
import type { Aggregation } from '../syntax/ast.js';
import { isLabelName } from '../syntax/label-list.js';
import { quoteString } from '../syntax/string-literal.js';
import { InstantVector } from './instant-vector.js';
import { groupingProjection } from './label-projection.js';
import type { VectorPlan } from './plan.js';

interface Counted {
  readonly labels: Labels;
  count: number;
}

/** Counts how often each value occurs; the value becomes a label. */
export function planCountValues(aggregation: Aggregation, label: string, vector: VectorPlan): VectorPlan {
  const { without, grouping, range } = aggregation;
  if (!isLabelName(label)) throw new EvaluationError(`invalid label name ${quoteString(label)}`, range);
  const project = groupingProjection(without, without ? grouping : [...grouping, label]);
  return {
    kind: 'vector',
    at(run, timeMs) {
      const { labels, values } = vector.at(run, timeMs);
      const counted = new Map<string, Counted>();
      for (let i = 0; i < values.length; i++) {
        const target = project((labels[i] as Labels).with({ [label]: formatPlain(values[i] as number) }));
        const entry = counted.get(target.key) ?? { labels: target, count: 0 };
        entry.count++;
        counted.set(target.key, entry);
      }
      const result = new InstantVector();
      for (const entry of counted.values()) result.push(entry.labels, entry.count, false);
      return result;
    },
  };
}

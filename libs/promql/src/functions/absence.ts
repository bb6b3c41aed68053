import { Labels } from '@tapewatch/model';
import { InstantVector } from '../evaluate/instant-vector.js';
import type { Expression } from '../syntax/ast.js';
import { unwrapParens } from '../syntax/traversal.js';
import type { FunctionPlan } from './function-plan.js';

/**
 * The labels that a series the selector looks for would certainly have: those it asks for by `=`. One that is asked
 * for more than once is not certain (Prometheus leaves it out even when both ask for the same).
 */
function certainLabels(argument: Expression): Labels {
  const expression = unwrapParens(argument);
  const selector = expression.kind === 'range' ? expression.selector : expression;
  if (selector.kind !== 'selector') return Labels.EMPTY;
  const found = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, operator, value } of selector.matchers) {
    if (name === '__name__') continue;
    if (operator === '=' && !seen.has(name)) {
      found.set(name, value);
      seen.add(name);
    } else found.delete(name);
  }
  return Labels.fromEntries(found);
}

function presence(isAbsent: boolean, labels: Labels): InstantVector {
  const result = new InstantVector();
  if (isAbsent) result.push(labels, 1, false);
  return result;
}

const absent: FunctionPlan = ({ args }, planner) => {
  const labels = certainLabels(args[0] as Expression);
  const vector = planner.vector(args[0]);
  return { kind: 'vector', at: (run, timeMs) => presence(vector.at(run, timeMs).length === 0, labels) };
};

const absentOverTime: FunctionPlan = ({ args }, planner) => {
  const labels = certainLabels(args[0] as Expression);
  const windows = planner.window(args[0]);
  return {
    kind: 'vector',
    at(run, timeMs) {
      let found = false;
      windows.visit(run, timeMs, () => {
        found = true;
      });
      return presence(!found, labels);
    },
  };
};

export const absencePlans: Readonly<Record<string, FunctionPlan>> = { absent, absent_over_time: absentOverTime };

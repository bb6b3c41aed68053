import type { Labels } from '@tapewatch/model';
import { EvaluationError } from '../errors.js';
import { InstantVector } from '../evaluate/instant-vector.js';
import { LabelMemo } from '../evaluate/label-memo.js';
import type { VectorPlan } from '../evaluate/plan.js';
import { compilePattern } from '../matchers/regular-expression.js';
import type { Call } from '../syntax/ast.js';
import { isLabelName } from '../syntax/label-list.js';
import type { FunctionPlan } from './function-plan.js';

interface Relabelled {
  readonly labels: Labels;
  /** A name that was written is there to stay. */
  readonly keepsName: boolean;
}

function planRelabelling(call: Call, vector: VectorPlan, relabel: (labels: Labels) => Relabelled): VectorPlan {
  const memo = new LabelMemo(relabel);
  return {
    kind: 'vector',
    at(run, timeMs) {
      const before = vector.at(run, timeMs);
      memo.expect(before.length);
      const seen = new Set<string>();
      const result = new InstantVector();
      for (let i = 0; i < before.length; i++) {
        const { labels, keepsName } = memo.of(before.labels[i] as Labels);
        if (seen.has(labels.key)) {
          throw new EvaluationError('vector cannot contain metrics with the same labelset', call.range);
        }
        seen.add(labels.key);
        result.push(labels, before.values[i] as number, !keepsName && (before.dropName[i] as boolean));
      }
      return result;
    },
  };
}

const labelReplace: FunctionPlan = (call, planner) => {
  const [vector, target, replacement, source, expression] = call.args;
  const sourceName = planner.text(source);
  const replace = replacementBy(call, planner.text(expression), planner.text(replacement));
  const name = checkedName(call, planner.text(target), 'destination', 'label_replace');
  return planRelabelling(call, planner.vector(vector), (labels) => {
    const value = replace(labels.get(sourceName));
    if (value === undefined) return { labels, keepsName: false };
    return { labels: labels.with({ [name]: value }), keepsName: name === '__name__' };
  });
};

/** What the template gives for a value; undefined when the value does not match as a whole. */
function replacementBy(call: Call, expression: string, template: string): (value: string) => string | undefined {
  const pattern = patternOf(call, expression);
  const names = pattern.namedGroups();
  const groups = pattern.groupCount();
  return (value) => {
    const match = pattern.matcher(value);
    if (!match.matches()) return undefined;
    return expand(template, (group) => {
      const index = /^\d+$/.test(group) ? Number(group) : Object.hasOwn(names, group) ? names[group] : undefined;
      return index === undefined || index > groups ? '' : (match.group(index) ?? '');
    });
  };
}

function patternOf(call: Call, expression: string): ReturnType<typeof compilePattern> {
  try {
    return compilePattern(expression);
  } catch {
    throw new EvaluationError(`invalid regular expression in label_replace(): ${expression}`, call.range);
  }
}

/**
 * As Go's Regexp.Expand: `$name`, `${name}`, `$$`; a dollar that starts none of them is left out together with
 * nothing else.
 */
function expand(template: string, group: (name: string) => string): string {
  return template.replace(
    /\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
    (_whole, dollar?: string, braced?: string, plain?: string) =>
      dollar === undefined ? group(braced ?? plain ?? '') : '$',
  );
}

const labelJoin: FunctionPlan = (call, planner) => {
  const [vector, target, separator, ...sources] = call.args;
  const between = planner.text(separator);
  const names = sources.map((source) => checkedName(call, planner.text(source), 'source', 'label_join'));
  const name = checkedName(call, planner.text(target), 'destination', 'label_join');
  return planRelabelling(call, planner.vector(vector), (labels) => ({
    labels: labels.with({ [name]: names.map((source) => labels.get(source)).join(between) }),
    keepsName: name === '__name__',
  }));
};

function checkedName(call: Call, name: string, role: string, where: string): string {
  if (isLabelName(name)) return name;
  throw new EvaluationError(`invalid ${role} label name in ${where}(): ${name}`, call.range);
}

export const labelPlans: Readonly<Record<string, FunctionPlan>> = {
  label_replace: labelReplace,
  label_join: labelJoin,
};

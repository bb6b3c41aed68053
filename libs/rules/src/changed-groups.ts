import type { NamedTemplate, Rule, RuleGroup } from './rule-group.js';
import { groupKey } from './rule-group.js';

/**
 * The groups that are not the same before and after: added, removed, or with another time, limit or rule, as `FILE;GROUP`. Where a rule stands in its
 * group counts, where a group stands among the others does not.
 */
export function changedGroups(before: readonly RuleGroup[], after: readonly RuleGroup[]): readonly string[] {
  const [old, fresh] = [before, after].map(
    (groups) => new Map(groups.map((group) => [groupKey(group), textOf(group)])),
  );
  const keys = new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])]);
  return [...keys].filter((key) => old?.get(key) !== fresh?.get(key));
}

function textOf({ intervalMs, limit, queryOffsetMs, rules }: RuleGroup): string {
  return JSON.stringify([intervalMs, limit, queryOffsetMs, rules.map(ruleParts)]);
}

function ruleParts(rule: Rule): readonly unknown[] {
  const { makes, name, kind, query } = rule;
  if (rule.makes === 'series') return [makes, name, kind, query, rule.labels];
  const { forMs, keepFiringForMs, labels, annotations, holds, worseLevels, noData, onError } = rule;
  const said = [textsOf(labels), textsOf(annotations), holds?.query, worseLevels, noData, onError];
  return [makes, name, kind, query, forMs, keepFiringForMs, ...said];
}

function textsOf(templates: readonly NamedTemplate[]): readonly (readonly [string, string])[] {
  return templates.map(({ name, template }) => [name, template.text] as const);
}

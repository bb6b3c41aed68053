import type { RuleRef } from '@tapewatch/model';
import type { Rule, RuleGroup } from '../rule-group.js';
import { groupKey } from '../rule-group.js';

/**
 * By what the alerts of each rule of a group are known: the group, the rule's name and, through their labels, its fixed labels. Prometheus takes
 * several rules that share all of these; from the second on they get a number, so that one does not end the other's alerts.
 */
export function ruleRefs(group: RuleGroup): readonly RuleRef[] {
  const seen = new Map<string, number>();
  return group.rules.map((rule) => {
    const key = JSON.stringify([rule.makes, rule.name, fixedLabels(rule)]);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return { group: groupKey(group), name: count === 1 ? rule.name : `${rule.name}#${count}` };
  });
}

/** By name. An empty label is none, and `alertname` is always the rule's own. */
function fixedLabels(rule: Rule): readonly (readonly [string, string])[] {
  if (rule.makes === 'series') return Object.entries(rule.labels);
  return rule.labels
    .filter(({ name, template }) => template.constant && template.text !== '' && name !== 'alertname')
    .map(({ name, template }) => [name, template.text] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

import type { RuleDefinition } from '@tapewatch/plugin-sdk';
import type { AlertRule, NamedTemplate, RuleGroup } from '../rule-group.js';
import { compileRule } from './compile-rule.js';
import type { GroupNames } from './group-names.js';
import { isLabelName, readRuleParts, readTemplates, textFields, timingFields } from './rule-parts.js';
import type { SourceNode } from './source-node.js';
import { shown } from './source-node.js';

const groupFields = ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'];
const ruleFields = ['alert', 'record', 'expr', ...timingFields, ...textFields];

export const defaultIntervalMs = 1000;

/** The groups of a file in Prometheus' form, as strict as Prometheus: unknown fields are refused. */
export async function readPrometheusGroups(
  groups: SourceNode,
  promql: RuleDefinition,
  file: string,
  groupNames: GroupNames,
): Promise<readonly RuleGroup[]> {
  const names = new Set<string>();
  const read: RuleGroup[] = [];
  for (const node of groups.list() ?? []) {
    const group = await readGroup(node, promql, file, groupNames);
    if (group === undefined) continue;
    if (names.has(group.name))
      node
        .descendant(['name'])
        .problem('CONFIG_INVALID_VALUE', 'A group of this name is already in this file.', { found: shown(group.name) });
    names.add(group.name);
    read.push(group);
  }
  return read;
}

async function readGroup(
  node: SourceNode,
  promql: RuleDefinition,
  file: string,
  groupNames: GroupNames,
): Promise<RuleGroup | undefined> {
  const fields = node.mapping(groupFields);
  if (fields === undefined) return undefined;
  const name = fields.get('name')?.text() ?? '';
  if (name === '') node.problem('CONFIG_MISSING', 'A group needs a name.', { allowed: 'name: TEXT' });
  else groupNames.claim(name, file, node.descendant(['name']));
  const groupLabels = readTemplates(fields.get('labels'), name, isLabelName);
  const rules: AlertRule[] = [];
  for (const rule of fields.get('rules')?.list() ?? []) {
    const read = await readRule(rule, promql, groupLabels);
    if (read === undefined) continue;
    rules.push(read);
  }
  const intervalMs = fields.get('interval')?.duration() ?? 0;
  return {
    name,
    file,
    intervalMs: intervalMs === 0 ? defaultIntervalMs : intervalMs,
    limit: fields.get('limit')?.count() ?? 0,
    queryOffsetMs: fields.get('query_offset')?.duration() ?? 0,
    rules,
  };
}

async function readRule(
  node: SourceNode,
  promql: RuleDefinition,
  groupLabels: readonly NamedTemplate[],
): Promise<AlertRule | undefined> {
  const fields = node.mapping(ruleFields);
  if (fields === undefined) return undefined;
  const name = alertName(node, fields);
  const parts = readRuleParts(name ?? '', fields, groupLabels);
  const expr = fields.get('expr');
  const text = expr?.text();
  if (expr === undefined || text === '') {
    node.problem('CONFIG_MISSING', 'A rule needs an expression.', { allowed: 'expr: PROMQL' });
    return undefined;
  }
  const compiled = text === undefined ? undefined : await compileRule(promql, { expr: text }, node);
  return compiled === undefined || name === undefined ? undefined : { name, kind: promql.type, ...compiled, ...parts };
}

function alertName(node: SourceNode, fields: ReadonlyMap<string, SourceNode>): string | undefined {
  const record = fields.get('record');
  const name = fields.get('alert')?.text() ?? '';
  if (record !== undefined && name !== '')
    return record.problem('RULE_INVALID', 'A rule has either alert or record, not both.', { hint: 'Remove record.' });
  if (record !== undefined)
    return record.problem('RULE_INVALID', 'Recording rules are not supported yet.', {
      found: `record: ${record.text() ?? ''}`,
      hint: 'Remove the rule, and write its expression where its result is used.',
    });
  if (name === '')
    return node.problem('CONFIG_MISSING', 'A rule needs the name of its alert.', { allowed: 'alert: TEXT' });
  return name;
}

import type { CompileEnv, RuleDefinition } from '@tapewatch/plugin-sdk';
import type { NamedTemplate, RecordingRule, Rule, RuleGroup } from '../rule-group.js';
import { compileRule } from './compile-rule.js';
import type { GroupNames } from './group-names.js';
import { checkLabelName, readRuleParts, readTemplates, textFields, timingFields } from './rule-parts.js';
import type { SourceNode } from './source-node.js';
import { shown } from './source-node.js';

const groupFields = ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'];
const ruleFields = ['alert', 'record', 'expr', ...timingFields, ...textFields];

export const defaultIntervalMs = 1000;

const asPrometheus = { makes: 'alerts', worseLevels: 0, noData: 'ok', onError: 'keep' } as const;

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
  const groupLabels = readTemplates(fields.get('labels'), name, checkLabelName);
  const written = fields.get('interval')?.duration() ?? 0;
  const intervalMs = written === 0 ? defaultIntervalMs : written;
  const rules: Rule[] = [];
  for (const rule of fields.get('rules')?.list() ?? []) {
    const read = await readRule(rule, promql, { intervalMs }, groupLabels);
    if (read === undefined) continue;
    rules.push(read);
  }
  return {
    name,
    file,
    intervalMs,
    limit: fields.get('limit')?.limit() ?? 0,
    queryOffsetMs: fields.get('query_offset')?.duration() ?? 0,
    rules,
  };
}

async function readRule(
  node: SourceNode,
  promql: RuleDefinition,
  env: CompileEnv,
  groupLabels: readonly NamedTemplate[],
): Promise<Rule | undefined> {
  const fields = node.mapping(ruleFields);
  if (fields === undefined) return undefined;
  const name = ruleName(node, fields);
  const record = fields.get('record');
  const parts =
    record === undefined
      ? { ...asPrometheus, ...readRuleParts(name ?? '', fields, groupLabels) }
      : readRecording(fields, groupLabels);
  const expr = fields.get('expr');
  const text = expr?.text();
  if (expr === undefined || text === '') {
    node.problem('CONFIG_MISSING', 'A rule needs an expression.', { allowed: 'expr: PROMQL' });
    return undefined;
  }
  const compiled = text === undefined ? undefined : (await compileRule(promql, { expr: text }, env, node))?.[0];
  return compiled === undefined || name === undefined ? undefined : { name, kind: promql.type, ...compiled, ...parts };
}

/** Of the alert or of the recorded series. */
function ruleName(node: SourceNode, fields: ReadonlyMap<string, SourceNode>): string | undefined {
  const record = fields.get('record');
  const name = fields.get('alert')?.text() ?? '';
  if (record !== undefined && name !== '')
    return record.problem('RULE_INVALID', 'A rule has either alert or record, not both.', { hint: 'Remove record.' });
  if (record !== undefined) return metricName(record);
  if (name === '')
    return node.problem('CONFIG_MISSING', 'A rule needs the name of its alert, or of the series it records.', {
      allowed: 'alert: TEXT or record: METRIC',
    });
  return name;
}

function metricName(record: SourceNode): string | undefined {
  const name = record.text();
  if (name === undefined) return undefined;
  if (name === '')
    return record.problem('CONFIG_MISSING', 'A recording rule needs the name of its series.', {
      allowed: 'record: METRIC',
    });
  if (!/[{}]/.test(name)) return name;
  return record.problem('RULE_INVALID', 'This is not a name for a series.', {
    found: shown(name),
    allowed: 'a name alone, as in job:errors:rate5m',
    hint: 'Put labels under labels, and a selector into expr.',
  });
}

function readRecording(
  fields: ReadonlyMap<string, SourceNode>,
  groupLabels: readonly NamedTemplate[],
): Pick<RecordingRule, 'makes' | 'labels'> {
  for (const field of [...timingFields, 'annotations'])
    fields.get(field)?.problem('RULE_INVALID', `A recording rule has no ${field}.`, { hint: `Remove ${field}.` });
  const labels: [string, string][] = groupLabels.map(({ name, template }) => [name, template.text]);
  for (const [name, node] of fields.get('labels')?.mapping() ?? []) {
    if (checkLabelName(name, node)) labels.push([name, node.text() ?? '']);
  }
  return { makes: 'series', labels: Object.fromEntries(labels) };
}

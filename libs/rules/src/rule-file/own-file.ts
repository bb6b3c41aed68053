import { basename, extname } from 'node:path';
import { parseTemplate } from '@tapewatch/go-template';
import { didYouMean, formatDuration } from '@tapewatch/model';
import type { CompileEnv, RuleDefinition } from '@tapewatch/plugin-sdk';
import type { AlertRule, RuleGroup, WhenBlind } from '../rule-group.js';
import type { CompiledAlerts } from './compile-rule.js';
import { compileRule } from './compile-rule.js';
import type { LoadOptions, RuleKinds } from './load-options.js';
import { defaultIntervalMs } from './prometheus-file.js';
import type { GroupNames } from './group-names.js';
import type { RuleParts } from './rule-parts.js';
import { readRuleParts, textFields, timingFields } from './rule-parts.js';
import type { SourceNode } from './source-node.js';
import { shown } from './source-node.js';

/** Ours; every other field belongs to the rule's kind. */
const coreFields = ['name', 'type', 'group', 'interval', 'no_data', 'error', ...timingFields, ...textFields];

const whenBlind = ['alert', 'keep', 'ok'] as const satisfies readonly WhenBlind[];

interface OwnParts extends RuleParts {
  readonly noData: WhenBlind;
  readonly onError: WhenBlind;
}

interface Placed {
  readonly group: string;
  readonly rules: readonly AlertRule[];
}

interface Written {
  readonly node: SourceNode;
  readonly fields: ReadonlyMap<string, SourceNode>;
  readonly group: string;
}

/** The rules of a file in our form; those that name no group are in one named after the file. */
export async function readOwnGroups(
  list: SourceNode,
  file: string,
  kinds: RuleKinds,
  groupNames: GroupNames,
  options: LoadOptions,
): Promise<readonly RuleGroup[]> {
  const written = (list.list() ?? []).flatMap((node): readonly Written[] => {
    const fields = node.mapping();
    if (fields === undefined) return [];
    const group = fields.get('group')?.text() ?? '';
    return [{ node, fields, group: group === '' ? basename(file, extname(file)) : group }];
  });
  const intervals = new Map<string, number>();
  for (const { fields, group } of written) readInterval(fields.get('interval'), group, intervals);
  const placed: Placed[] = [];
  for (const { node, fields, group } of written) {
    const env = { intervalMs: intervals.get(group) ?? defaultIntervalMs };
    const rules = await readRule(node, fields, env, kinds, options);
    groupNames.claim(group, file, fields.get('group') ?? node);
    if (rules.length > 0) placed.push({ group, rules });
  }
  return [...Map.groupBy(placed, ({ group }) => group)].map(([name, members]) => ({
    name,
    file,
    intervalMs: intervals.get(name) ?? defaultIntervalMs,
    limit: 0,
    queryOffsetMs: 0,
    rules: members.flatMap(({ rules }) => rules),
  }));
}

/** Rules of a group run together, so they cannot have intervals of their own. */
function readInterval(node: SourceNode | undefined, group: string, intervals: Map<string, number>): void {
  const intervalMs = node?.duration();
  if (node === undefined || intervalMs === undefined || intervalMs === 0) return;
  const known = intervals.get(group);
  if (known !== undefined && known !== intervalMs)
    node.problem('CONFIG_INVALID_VALUE', `The group ${JSON.stringify(group)} has another interval already.`, {
      found: formatDuration(intervalMs),
      allowed: formatDuration(known),
      hint: 'Give the rule another group.',
    });
  intervals.set(group, known ?? intervalMs);
}

/** One rule for each level of severity, the worst first; none when something is wrong with it. */
async function readRule(
  node: SourceNode,
  fields: ReadonlyMap<string, SourceNode>,
  env: CompileEnv,
  kinds: RuleKinds,
  options: LoadOptions,
): Promise<readonly AlertRule[]> {
  const name = fields.get('name')?.text() ?? '';
  if (name === '') node.problem('CONFIG_MISSING', 'A rule needs a name.', { allowed: 'name: TEXT' });
  const parts: OwnParts = {
    ...readRuleParts(name, fields),
    noData: fields.get('no_data')?.choice(whenBlind) ?? 'ok',
    onError: fields.get('error')?.choice(whenBlind) ?? 'keep',
  };
  const definition = readKind(node, fields, kinds, options);
  if (definition === undefined) return [];
  const spec = Object.fromEntries(
    [...fields].filter(([field]) => !coreFields.includes(field)).map(([field, value]) => [field, value.data()]),
  );
  const levels = (await compileRule(definition, spec, env, node)) ?? [];
  if (levels.some(({ severity }) => severity !== undefined)) checkSeverity(fields.get('labels'));
  return name === '' ? [] : levels.map((level, i) => alertRule(name, definition.type, level, parts, i));
}

function alertRule(
  name: string,
  kind: string,
  { severity, forMs, ...compiled }: CompiledAlerts,
  parts: OwnParts,
  worseLevels: number,
): AlertRule {
  const labels = parts.labels.filter((label) => severity === undefined || label.name !== 'severity');
  if (severity !== undefined) labels.push({ name: 'severity', template: parseTemplate(severity, name) });
  const timed = { ...parts, labels, forMs: forMs ?? parts.forMs };
  const rule: AlertRule = { name, kind, makes: 'alerts', worseLevels, ...compiled, ...timed };
  return worseLevels === 0 ? rule : { ...rule, noData: toldOnce(rule.noData), onError: toldOnce(rule.onError) };
}

/** All levels ask the same series, so the worst of them speaks for all. */
function toldOnce(choice: WhenBlind): WhenBlind {
  return choice === 'alert' ? 'keep' : choice;
}

/** It comes from the levels. */
function checkSeverity(labels: SourceNode | undefined): void {
  labels?.mapping()?.get('severity')?.problem('RULE_INVALID', 'The levels of a rule give its alerts their severity.', {
    hint: 'Remove the label severity.',
  });
}

function readKind(
  node: SourceNode,
  fields: ReadonlyMap<string, SourceNode>,
  kinds: RuleKinds,
  options: LoadOptions,
): RuleDefinition | undefined {
  const type = fields.get('type')?.text() ?? '';
  if (type === '') return node.problem('CONFIG_MISSING', 'A rule needs a type.', { allowed: typeList(options) });
  const definition = kinds(type);
  if (definition !== undefined) return definition;
  const hint = didYouMean(type, options.knownTypes ?? []);
  return node.descendant(['type']).problem('CONFIG_REFERENCE', 'No plugin provides this type of rule.', {
    found: shown(type),
    allowed: typeList(options),
    ...(hint === undefined ? {} : { hint }),
  });
}

function typeList({ knownTypes = [] }: LoadOptions): string {
  return knownTypes.length === 0 ? 'type: the type of a rule plugin' : knownTypes.join(', ');
}

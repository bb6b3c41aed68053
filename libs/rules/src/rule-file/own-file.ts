import { basename, extname } from 'node:path';
import { didYouMean, formatDuration } from '@tapewatch/model';
import type { AlertRule, RuleGroup } from '../rule-group.js';
import { compileRule } from './compile-rule.js';
import type { LoadOptions, RuleKinds } from './load-options.js';
import { defaultIntervalMs } from './prometheus-file.js';
import type { GroupNames } from './group-names.js';
import { readRuleParts, textFields, timingFields } from './rule-parts.js';
import type { SourceNode } from './source-node.js';
import { shown } from './source-node.js';

/** Ours; every other field belongs to the rule's kind. */
const coreFields = ['name', 'type', 'group', 'interval', ...timingFields, ...textFields];

interface Placed {
  readonly group: string;
  readonly rule: AlertRule;
}

/** The rules of a file in our form; those that name no group are in one named after the file. */
export async function readOwnGroups(
  list: SourceNode,
  file: string,
  kinds: RuleKinds,
  groupNames: GroupNames,
  options: LoadOptions,
): Promise<readonly RuleGroup[]> {
  const placed: Placed[] = [];
  const intervals = new Map<string, number>();
  for (const node of list.list() ?? []) {
    const fields = node.mapping();
    if (fields === undefined) continue;
    const written = fields.get('group')?.text() ?? '';
    const group = written === '' ? basename(file, extname(file)) : written;
    readInterval(fields.get('interval'), group, intervals);
    const rule = await readRule(node, fields, kinds, options);
    groupNames.claim(group, file, fields.get('group') ?? node);
    if (rule === undefined) continue;
    placed.push({ group, rule });
  }
  return [...Map.groupBy(placed, ({ group }) => group)].map(([name, members]) => ({
    name,
    file,
    intervalMs: intervals.get(name) ?? defaultIntervalMs,
    limit: 0,
    queryOffsetMs: 0,
    rules: members.map(({ rule }) => rule),
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

async function readRule(
  node: SourceNode,
  fields: ReadonlyMap<string, SourceNode>,
  kinds: RuleKinds,
  options: LoadOptions,
): Promise<AlertRule | undefined> {
  const name = fields.get('name')?.text() ?? '';
  if (name === '') node.problem('CONFIG_MISSING', 'A rule needs a name.', { allowed: 'name: TEXT' });
  const parts = readRuleParts(name, fields);
  const type = fields.get('type')?.text() ?? '';
  if (type === '') return node.problem('CONFIG_MISSING', 'A rule needs a type.', { allowed: typeList(options) });
  const definition = kinds(type);
  if (definition === undefined) {
    const hint = didYouMean(type, options.knownTypes ?? []);
    return node.descendant(['type']).problem('CONFIG_REFERENCE', 'No plugin provides this type of rule.', {
      found: shown(type),
      allowed: typeList(options),
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const spec = Object.fromEntries(
    [...fields].filter(([field]) => !coreFields.includes(field)).map(([field, value]) => [field, value.data()]),
  );
  const compiled = await compileRule(definition, spec, node);
  return compiled === undefined || name === ''
    ? undefined
    : { name, kind: type, makes: 'alerts', ...compiled, ...parts };
}

function typeList({ knownTypes = [] }: LoadOptions): string {
  return knownTypes.length === 0 ? 'type: the type of a rule plugin' : knownTypes.join(', ');
}

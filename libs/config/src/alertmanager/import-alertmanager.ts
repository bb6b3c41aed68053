import { dirname, isAbsolute, resolve } from 'node:path';
import type { Problem } from '@tapewatch/model';
import { z } from 'zod';
import type { ConfigSource } from '../load-config-options.js';
import { problemsFromSchema } from '../problems-from-schema.js';
import { checkRouting, duplicates, receiverNames } from '../routing-checks.js';
import { inhibitRuleOf, routeOf } from '../routing.js';
import { importedInhibitRule, importedRoute, timeIntervals } from '../routing-schema.js';
import { duration, text } from '../scalars.js';
import { knownKeysOf } from '../schema-keys.js';
import type {
  ChannelConfig,
  InhibitRuleConfig,
  Locate,
  ReceiverConfig,
  RouteConfig,
  TimeIntervalsConfig,
} from '../tapewatch-config.js';
import { readTimeIntervals } from '../time-intervals.js';
import { readTextTree } from '../yaml-tree.js';
import { Entry, type Findings } from './entry.js';
import { channelImports } from './import-channel.js';
import { globalFields, receiverKinds } from './receiver-kinds.js';

/** The key under which the file is named; paths into it begin with it. */
export const alertmanagerKey = 'alertmanager_config';

/** What an alertmanager.yml came to. */
export interface ImportedAlertmanager {
  readonly route: RouteConfig;
  readonly receivers: readonly ReceiverConfig[];
  readonly inhibitRules: readonly InhibitRuleConfig[];
  readonly timeIntervals: readonly TimeIntervalsConfig[];
  /** Patterns of template files, absolute. */
  readonly templates: readonly string[];
  readonly resolveTimeoutMs: number;
}

export interface AlertmanagerImport {
  /** Absent when something is wrong. */
  readonly imported?: ImportedAlertmanager;
  /** Without the key in front. */
  readonly locate: Locate;
  readonly receiverNames: readonly string[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const schema = z.strictObject({
  global: z.looseObject({ resolve_timeout: duration(1).default(5 * 60_000) }).prefault({}),
  route: importedRoute.optional(),
  // An entry without anything in it is passed over there.
  inhibit_rules: z.array(importedInhibitRule.nullable()).default([]),
  receivers: z.array(z.looseObject({ name: text() })).default([]),
  templates: z.array(text()).default([]),
  mute_time_intervals: z.array(timeIntervals).default([]),
  time_intervals: z.array(timeIntervals).default([]),
  tracing: z.unknown().optional(),
  event_recorder: z.unknown().optional(),
});

const knownKeys = knownKeysOf(schema);

/** Alertmanager's own, where the file says nothing. */
const rootDefaults = {
  groupBy: [],
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * 3_600_000,
} as const;

/**
 * Reads an alertmanager.yml with Alertmanager's meaning: nothing in it is substituted, values are text until a type is asked for, unknown
 * keys are refused. What has no counterpart here is told in `warnings`. `name` is how the user wrote the path, `path` is absolute.
 */
export async function importAlertmanager(
  name: string,
  path: string,
  content: string,
  source: Pick<ConfigSource, 'readFile'>,
): Promise<AlertmanagerImport> {
  const tree = readTextTree(name, content);
  const folder = dirname(path);
  const absolute = (file: string): string => (isAbsolute(file) ? file : resolve(folder, file));
  const findings: Findings = {
    locate: tree.locate,
    problems: [...tree.problems],
    warnings: [],
    readFile: (file) => source.readFile(absolute(file)),
  };
  const parsed = schema.safeParse(tree.root);
  if (tree.problems.length === 0) {
    if (!parsed.success) {
      const context = { locate: tree.locate, at: [], input: tree.root, knownKeys };
      findings.problems.push(...problemsFromSchema(parsed.error.issues, context));
    }
    findings.problems.push(
      ...duplicates(tree, ['receivers'], 'name'),
      ...checkRouting(tree, receiverNames(tree), 'always'),
    );
  }
  const intervals = readTimeIntervals(tree, 'mute_time_intervals', 'time_intervals');
  findings.problems.push(...intervals.problems);
  const receivers = await receiversOf(tree.root, findings);
  const rest = {
    ...findings,
    // What stands under global is read for every receiver that uses it.
    problems: [...new Map(findings.problems.map((problem) => [JSON.stringify(problem), problem])).values()],
    receiverNames: receiverNames(tree),
  };
  if (!parsed.success || findings.problems.length > 0) return rest;
  const { global, route, inhibit_rules: rules, templates } = parsed.data;
  noteTopLevel(tree.root, findings);
  return {
    ...rest,
    imported: {
      route: {
        ...rootDefaults,
        ...(route === undefined ? { matchers: [], continue: false, routes: [] } : routeOf(route)),
      },
      receivers,
      inhibitRules: rules.flatMap((rule, i) =>
        rule === null ? [] : inhibitRuleOf(rule, [alertmanagerKey, 'inhibit_rules', i]),
      ),
      timeIntervals: intervals.timeIntervals,
      templates: templates.map(absolute),
      resolveTimeoutMs: global.resolve_timeout,
    },
  };
}

function noteTopLevel(root: Readonly<Record<string, unknown>>, findings: Findings): void {
  const top = new Entry(root, [], findings);
  for (const key of ['tracing', 'event_recorder']) if (top.has(key)) top.leaveOut(key);
}

async function receiversOf(
  root: Readonly<Record<string, unknown>>,
  findings: Findings,
): Promise<readonly ReceiverConfig[]> {
  const global = new Entry(root['global'], ['global'], findings);
  global.refuseUnknown(globalFields);
  const written: unknown = root['receivers'];
  const receivers: ReceiverConfig[] = [];
  for (const [i, value] of (Array.isArray(written) ? (written as readonly unknown[]) : []).entries())
    receivers.push(await receiverOf(value, i, global, findings));
  return receivers;
}

const kindKey = /^(.*)_configs$/;

async function receiverOf(value: unknown, index: number, global: Entry, findings: Findings): Promise<ReceiverConfig> {
  const at = ['receivers', index];
  const entry = new Entry(value, at, findings);
  const name = entry.text('name') ?? '';
  const kinds = entry.keys().flatMap((key) => {
    const type = kindKey.exec(key)?.[1];
    return type === undefined || !receiverKinds.has(type) ? [] : [{ key, type }];
  });
  entry.refuseUnknown(['name', 'labels', ...[...receiverKinds.keys()].map((type) => `${type}_configs`)]);
  if (entry.has('labels')) entry.leaveOut('labels');
  const channels: ChannelConfig[] = [];
  for (const { key, type } of kinds) {
    const list: unknown = (value as Readonly<Record<string, unknown>>)[key];
    for (const [i, item] of (Array.isArray(list) ? (list as readonly unknown[]) : []).entries()) {
      const base = kinds.length > 1 ? `${name}/${type}` : name;
      const called = i === 0 ? base : `${base}-${i + 1}`;
      channels.push(await channelOf(called, type, new Entry(item, [...at, key, i], findings), [...at, key, i], global));
    }
  }
  return { name, channels };
}

async function channelOf(
  name: string,
  type: string,
  entry: Entry,
  path: readonly (string | number)[],
  global: Entry,
): Promise<ChannelConfig> {
  const kind = receiverKinds.get(type);
  const known = ['send_resolved', ...(kind?.fields ?? [])];
  const sendResolved = entry.flag('send_resolved') ?? kind?.sendResolved ?? true;
  const make = channelImports.get(type);
  const head = { name, type, sendResolved, path: [alertmanagerKey, ...path], imported: true };
  if (make === undefined) {
    entry.refuseUnknown(known);
    return { ...head, config: {} };
  }
  const channel = await make(entry, global);
  entry.finish(known);
  return { ...head, ...channel };
}

import type { Problem } from '@tapewatch/model';
import { alertmanagerKey } from './alertmanager/import-alertmanager.js';
import { configSchema } from './config-schema.js';
import { parsePath, valueAt, type TreePath } from './path.js';

type Root = Readonly<Record<string, unknown>>;

/** What of a faulty tree can be used, so that whoever looks further into it finds what else is wrong. */
export interface SoundParts {
  readonly data: ReturnType<typeof configSchema.parse>;
  /** Entries of lists in whose place another one stands, so that those behind it keep their numbers. */
  readonly standIns: readonly TreePath[];
}

/** A route names receivers, so that they stand and fall together; reports name them, too. */
const routing = ['route', 'receivers', 'inhibit_rules', 'time_intervals', 'global', alertmanagerKey];

/**
 * Leaves out the keys in which something is wrong. Where an entry of a list cannot do without one, a sound entry of the list takes its place; where
 * there is none, or the section is no list, the section goes. Undefined when even that leaves nothing that could be used.
 */
export function soundParts(root: Root, problems: readonly Problem[]): SoundParts | undefined {
  const paths = problems.map(({ path }) => parsePath(path ?? ''));
  const pruned = structuredClone(root) as Record<string, unknown>;
  for (const path of paths) drop(pruned, path);
  const standIns = replaceFaulty(pruned);
  const left = new Set(issuesOf(pruned).map(([section]) => section));
  if (paths.some(([section]) => section === alertmanagerKey)) left.add(alertmanagerKey);
  if (routing.some((section) => left.has(section))) for (const section of [...routing, 'reports']) left.add(section);
  for (const section of left) delete pruned[String(section)];
  const parsed = configSchema.safeParse(pruned);
  return parsed.success ? { data: parsed.data, standIns } : undefined;
}

/** An entry of a list stays, as the ones behind it would get other numbers. */
function drop(root: Root, path: TreePath): void {
  const key = path.at(-1);
  const around = valueAt(root, path.slice(0, -1));
  if (typeof key !== 'string' || path[0] === alertmanagerKey) return;
  if (typeof around === 'object' && around !== null) Reflect.deleteProperty(around, key);
}

function replaceFaulty(root: Record<string, unknown>): readonly TreePath[] {
  const faulty = new Map<string, Set<number>>();
  for (const [section, index] of issuesOf(root))
    if (typeof section === 'string' && typeof index === 'number')
      faulty.set(section, (faulty.get(section) ?? new Set()).add(index));
  return [...faulty].flatMap(([section, indices]) => {
    const entries = root[section] as unknown[];
    const sound = entries.find((_, i) => !indices.has(i));
    if (sound === undefined) return [];
    for (const index of indices) entries[index] = sound;
    return [...indices].map((index) => [section, index]);
  });
}

function issuesOf(root: Root): readonly TreePath[] {
  const { error } = configSchema.safeParse(root);
  return (error?.issues ?? []).map(({ path }) => path.filter((key) => typeof key !== 'symbol'));
}

/** Whether a problem may be one only because of what was left out, or is told already: it lies at, around or within such a place. */
export function isDoubtful(path: string, leftOut: readonly TreePath[]): boolean {
  const at = parsePath(path);
  const shared = (one: TreePath): TreePath => one.slice(0, at.length);
  return at.length > 0 && leftOut.some((one) => one.length > 0 && shared(one).every((key, i) => key === at[i]));
}

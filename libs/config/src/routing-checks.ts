import { didYouMean } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import type { TreePath } from './path.js';
import { list, mapping, problem, sectionList, type Fault, type Mapping } from './tree-problem.js';
import type { YamlTree } from './yaml-tree.js';

/** Entries of a list that use the same name. */
export function duplicates(tree: YamlTree, path: readonly string[], ...keys: readonly string[]): readonly Problem[] {
  const seen = new Set<string>();
  return sectionList(tree, path).flatMap((entry, i) => {
    const key = keys.find((candidate) => mapping(entry)[candidate] !== undefined);
    const entryName = key === undefined ? undefined : mapping(entry)[key];
    if (key === undefined || typeof entryName !== 'string') return [];
    if (!seen.has(entryName)) {
      seen.add(entryName);
      return [];
    }
    const fault: Fault = {
      code: 'CONFIG_INVALID_VALUE',
      message: `This ${key} is used twice.`,
      allowed: `one entry per ${keys[0] ?? key}`,
    };
    return [problem(tree, [...path, i, key], fault, entryName)];
  });
}

/** What routes refer to that nothing defines, and what a root route may not say. Reads the raw tree, whichever file it is of. */
export function checkRouting(
  tree: YamlTree,
  receivers: readonly string[],
  rootNeeded: 'always' | 'for several receivers',
): readonly Problem[] {
  if (!('route' in tree.root))
    return rootNeeded === 'always' || receivers.length > 1 ? [rootless(tree, receivers)] : [];
  const root = mapping(tree.root['route']);
  const known: Known = { receivers, intervals: intervalNames(tree) };
  return [...rootRoute(tree, root), ...references(tree, root, ['route'], known)];
}

interface Known {
  readonly receivers: readonly string[];
  readonly intervals: readonly string[];
}

/** Names under `receivers`. */
export function receiverNames(tree: YamlTree): readonly string[] {
  return list(tree.root['receivers'])
    .map((entry) => mapping(entry)['name'])
    .filter((entry) => typeof entry === 'string');
}

/** Alertmanager keeps older ones under a name of their own. */
function intervalNames(tree: YamlTree): readonly string[] {
  return [...list(tree.root['time_intervals']), ...list(tree.root['mute_time_intervals'])]
    .map((entry) => mapping(entry)['name'])
    .filter((entry) => typeof entry === 'string');
}

/** Without a route everything goes to the only receiver; with several there is no telling which. */
function rootless(tree: YamlTree, names: readonly string[]): Problem {
  const fault: Fault = {
    code: 'CONFIG_MISSING',
    message: 'A route must say who is told what.',
    allowed: 'a mapping',
    hint: `For example: route: { receiver: ${names[0] ?? ''} }`,
  };
  return problem(tree, ['route'], fault);
}

function rootRoute(tree: YamlTree, root: Mapping): readonly Problem[] {
  const problems: Problem[] = [];
  if (root['receiver'] === undefined) {
    const fault: Fault = {
      code: 'CONFIG_MISSING',
      message: 'The root route needs a receiver.',
      allowed: 'the name of a receiver',
    };
    problems.push(problem(tree, ['route', 'receiver'], fault));
  }
  for (const key of ['matchers', 'match', 'match_re']) {
    if (list(root[key]).length === 0 && Object.keys(mapping(root[key])).length === 0) continue;
    const message = 'The root route takes every alert and has no matchers.';
    const hint = 'Put them into a route under routes.';
    problems.push(problem(tree, ['route', key], { code: 'CONFIG_INVALID_VALUE', message, hint }));
  }
  for (const key of ['mute_time_intervals', 'active_time_intervals']) {
    if (list(root[key]).length === 0) continue;
    const message = 'The root route is told of everything at any time.';
    const hint = 'Put the alerts that shall keep quiet into a route under routes, and name the interval there.';
    problems.push(problem(tree, ['route', key], { code: 'CONFIG_INVALID_VALUE', message, hint }));
  }
  if (root['continue'] === true || root['continue'] === 'true') {
    const message = 'The root route has no next one to continue with.';
    problems.push(problem(tree, ['route', 'continue'], { code: 'CONFIG_INVALID_VALUE', message }));
  }
  return problems;
}

function references(tree: YamlTree, route: Mapping, path: TreePath, known: Known): readonly Problem[] {
  const problems = [...unknownReceiver(tree, route['receiver'], [...path, 'receiver'], known.receivers)];
  list(route['escalate']).forEach((step, i) => {
    const at = [...path, 'escalate', i, 'receiver'];
    problems.push(...unknownReceiver(tree, mapping(step)['receiver'], at, known.receivers));
  });
  for (const key of ['mute_time_intervals', 'active_time_intervals'])
    list(route[key]).forEach((name, i) => {
      problems.push(...unknownInterval(tree, name, [...path, key, i], known.intervals));
    });
  list(route['routes']).forEach((child, i) => {
    problems.push(...references(tree, mapping(child), [...path, 'routes', i], known));
  });
  return problems;
}

function unknownInterval(tree: YamlTree, name: unknown, at: TreePath, names: readonly string[]): readonly Problem[] {
  if (typeof name !== 'string' || names.includes(name)) return [];
  const hint = didYouMean(name, names);
  const fault: Fault = {
    code: 'CONFIG_REFERENCE',
    message: 'No time interval has this name.',
    allowed: names.length === 0 ? 'a name under time_intervals' : names.join(', '),
    ...(hint === undefined ? {} : { hint }),
  };
  return [problem(tree, at, fault, name)];
}

/** Nothing when the name is one of those, or no text at all, which the schema refuses. */
export function unknownReceiver(
  tree: YamlTree,
  receiver: unknown,
  at: TreePath,
  names: readonly string[],
): readonly Problem[] {
  if (typeof receiver !== 'string' || receiver === '' || names.includes(receiver)) return [];
  const hint = tree.locate(at).substituted === true ? undefined : didYouMean(receiver, names);
  const fault: Fault = {
    code: 'CONFIG_REFERENCE',
    message: 'No receiver has this name.',
    allowed: names.length === 0 ? 'a name under receivers' : names.join(', '),
    ...(hint === undefined ? {} : { hint }),
  };
  return [problem(tree, at, fault, receiver)];
}

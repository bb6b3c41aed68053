import { didYouMean, formatDuration, parseDuration } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import { describeFound } from './describe-found.js';
import { formatPath } from './path.js';
import type { TreePath } from './path.js';
import type { YamlTree } from './yaml-tree.js';

type Fault = Pick<Problem, 'code' | 'message' | 'allowed' | 'hint'>;
type Mapping = Readonly<Record<string, unknown>>;

/**
 * What no single value can show: names used twice, names that nothing defines, a timeout above its interval. It reads the raw
 * tree and passes over what the schema refuses anyway, so that both kinds of problem are told at once.
 */
export function crossCheck(tree: YamlTree): readonly Problem[] {
  return [
    ...duplicates(tree, ['otlp', 'destinations'], 'name'),
    ...duplicates(tree, ['exchanges'], 'id', 'venue'),
    ...duplicates(tree, ['checks'], 'name'),
    ...duplicates(tree, ['receivers'], 'name'),
    ...timeouts(tree),
    ...routing(tree),
    ...reportReceivers(tree),
  ];
}

function problem(tree: YamlTree, path: TreePath, fault: Fault, value?: unknown): Problem {
  const { file, line, column, substituted } = tree.locate(path);
  const found = describeFound(value, path, substituted);
  return { ...fault, file, line, column, path: formatPath(path), ...(found === undefined ? {} : { found }) };
}

function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function sectionList(tree: YamlTree, path: readonly string[]): readonly unknown[] {
  return list(path.reduce<unknown>((value, key) => mapping(value)[key], tree.root));
}

function duplicates(tree: YamlTree, path: readonly string[], ...keys: readonly string[]): readonly Problem[] {
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

function timeouts(tree: YamlTree): readonly Problem[] {
  return sectionList(tree, ['checks']).flatMap((entry, i) => {
    const check = mapping(entry);
    const intervalMs = durationOf(check['interval'], '15s');
    const timeoutMs = durationOf(check['timeout'], '5s');
    if (intervalMs === undefined || timeoutMs === undefined || timeoutMs < intervalMs) return [];
    const fault: Fault = {
      code: 'CONFIG_INVALID_VALUE',
      message: 'The timeout must be below the interval, or runs would overlap.',
      allowed: `less than ${formatDuration(intervalMs)}`,
    };
    return [problem(tree, ['checks', i, 'timeout'], fault, check['timeout'] ?? '5s')];
  });
}

function durationOf(value: unknown, fallback: string): number | undefined {
  const written = value ?? fallback;
  return typeof written === 'string' ? parseDuration(written) : undefined;
}

function reportReceivers(tree: YamlTree): readonly Problem[] {
  const names = knownReceivers(tree);
  return sectionList(tree, ['reports']).flatMap((entry, i) =>
    list(mapping(entry)['receivers']).flatMap((receiver, j) =>
      unknownReceiver(tree, receiver, ['reports', i, 'receivers', j], names),
    ),
  );
}

function knownReceivers(tree: YamlTree): readonly string[] {
  return 'receivers' in tree.root ? receiverNames(tree) : ['console'];
}

function routing(tree: YamlTree): readonly Problem[] {
  const names = knownReceivers(tree);
  if (!('route' in tree.root)) return rootless(tree, names);
  const root = mapping(tree.root['route']);
  return [...rootRoute(tree, root), ...routeReceivers(tree, root, ['route'], names)];
}

function receiverNames(tree: YamlTree): readonly string[] {
  return list(tree.root['receivers'])
    .map((entry) => mapping(entry)['name'])
    .filter((entry) => typeof entry === 'string');
}

/** Without a route everything goes to the only receiver; with several there is no telling which. */
function rootless(tree: YamlTree, names: readonly string[]): readonly Problem[] {
  if (names.length <= 1) return [];
  const fault: Fault = {
    code: 'CONFIG_MISSING',
    message: 'With more than one receiver, a route must say who is told what.',
    allowed: 'a mapping',
    hint: `For example: route: { receiver: ${names[0] ?? ''} }`,
  };
  return [problem(tree, ['route'], fault)];
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
  if (list(root['matchers']).length > 0) {
    const message = 'The root route takes every alert and has no matchers.';
    problems.push(
      problem(tree, ['route', 'matchers'], {
        code: 'CONFIG_INVALID_VALUE',
        message,
        hint: 'Put them into a route under routes.',
      }),
    );
  }
  if (root['continue'] === true) {
    const message = 'The root route has no next one to continue with.';
    problems.push(problem(tree, ['route', 'continue'], { code: 'CONFIG_INVALID_VALUE', message }));
  }
  return problems;
}

function routeReceivers(tree: YamlTree, route: Mapping, path: TreePath, names: readonly string[]): readonly Problem[] {
  const problems = [...unknownReceiver(tree, route['receiver'], [...path, 'receiver'], names)];
  list(route['routes']).forEach((child, i) => {
    problems.push(...routeReceivers(tree, mapping(child), [...path, 'routes', i], names));
  });
  return problems;
}

function unknownReceiver(
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

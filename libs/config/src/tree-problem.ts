import type { Problem } from '@tapewatch/model';
import { describeFound } from './describe-found.js';
import { formatPath } from './path.js';
import type { TreePath } from './path.js';
import type { YamlTree } from './yaml-tree.js';

/** What is wrong, without the place. */
export type Fault = Pick<Problem, 'code' | 'message' | 'allowed' | 'hint'>;
export type Mapping = Readonly<Record<string, unknown>>;

/** A problem with its place, and the value that was found there. */
export function problem(tree: YamlTree, path: TreePath, fault: Fault, value?: unknown): Problem {
  const { file, line, column, substituted } = tree.locate(path);
  const found = describeFound(value, path, substituted);
  return { ...fault, file, line, column, path: formatPath(path), ...(found === undefined ? {} : { found }) };
}

export function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function sectionList(tree: YamlTree, path: readonly string[]): readonly unknown[] {
  return list(path.reduce<unknown>((value, key) => mapping(value)[key], tree.root));
}

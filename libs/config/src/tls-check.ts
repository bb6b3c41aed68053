import { createSecureContext } from 'node:tls';
import { resolve } from 'node:path';
import { messageOf } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import type { ConfigSource } from './load-config-options.js';
import { formatPath } from './path.js';
import type { YamlTree } from './yaml-tree.js';

/** The files of `server.tls`: there, and a certificate and key that belong together. Relative to `folder`. */
export async function checkTls(
  tree: YamlTree,
  folder: string,
  source: Pick<ConfigSource, 'readFile'>,
): Promise<readonly Problem[]> {
  const server: unknown = tree.root['server'];
  const tls = typeof server === 'object' && server !== null && 'tls' in server ? server.tls : undefined;
  if (typeof tls !== 'object' || tls === null) return [];
  const { cert, key } = tls as Readonly<Record<string, unknown>>;
  if (typeof cert !== 'string' || typeof key !== 'string') return [];
  const texts = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [name, file] of [
    ['cert', cert],
    ['key', key],
  ] as const) {
    try {
      texts.set(name, await source.readFile(resolve(folder, file)));
    } catch (error) {
      problems.push(
        problem(tree, name, {
          code: 'CONFIG_NOT_FOUND',
          message: `This file cannot be read: ${messageOf(error)}.`,
          hint: 'A relative path starts at the folder of the configuration file.',
        }),
      );
    }
  }
  if (problems.length > 0) return problems;
  try {
    createSecureContext({ cert: texts.get('cert'), key: texts.get('key') });
    return [];
  } catch (error) {
    const message = `These are no certificate and private key that belong together (${messageOf(error)}).`;
    return [problem(tree, 'cert', { code: 'CONFIG_INVALID_VALUE', message, allowed: 'two files in PEM form' })];
  }
}

function problem(
  tree: YamlTree,
  key: 'cert' | 'key',
  fault: Pick<Problem, 'code' | 'message' | 'allowed' | 'hint'>,
): Problem {
  const path = ['server', 'tls', key];
  const { file, line, column } = tree.locate(path);
  return { ...fault, file, line, column, path: formatPath(path) };
}

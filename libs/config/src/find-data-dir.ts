import { dirname, resolve } from 'node:path';
import { ConfigError } from '@tapewatch/model';
import { diskSource } from './disk-source.js';
import type { LoadConfigOptions } from './load-config-options.js';
import { readConfigText } from './read-config-text.js';
import { readYamlTree } from './yaml-tree.js';

/**
 * The data folder that a configuration names, for commands beside a running program: of the file only `data_dir` must be sound, as the
 * secrets and variables of the rest need not be at hand where such a command runs. Rejects with ConfigError.
 */
export async function findDataDir(options: Omit<LoadConfigOptions, 'text' | 'glob'>): Promise<string> {
  const { env, baseDir } = options;
  const given = env['TAPEWATCH_DATA_DIR'] ?? '';
  if (given !== '') return resolve(baseDir, given);
  const file = resolve(baseDir, options.file);
  const folder = dirname(file);
  const readFile = options.readFile ?? diskSource.readFile;
  const text = await readConfigText(options.file, file, { readFile });
  const source = { env, readFile: (path: string) => readFile(resolve(folder, path)) };
  const tree = await readYamlTree(options.file, text, source);
  const problems = tree.problems.filter(({ code, path }) => code === 'CONFIG_SYNTAX' || path === 'data_dir');
  const named: unknown = tree.root['data_dir'];
  if (problems.length > 0) throw new ConfigError(problems);
  return typeof named === 'string' && named.trim() !== '' ? resolve(folder, named) : resolve(baseDir, 'data');
}

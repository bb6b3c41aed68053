import { dirname, isAbsolute, resolve } from 'node:path';
import { ConfigError, messageOf } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import { alertmanagerKey, importAlertmanager } from './alertmanager/import-alertmanager.js';
import type { AlertmanagerImport } from './alertmanager/import-alertmanager.js';
import { assemble } from './assemble.js';
import { ConfigFileError } from './config-file-error.js';
import { configSchema } from './config-schema.js';
import { crossCheck } from './cross-checks.js';
import { diskSource } from './disk-source.js';
import { checkListening } from './listen-check.js';
import type { ConfigSource, LoadConfigOptions } from './load-config-options.js';
import { formatPath } from './path.js';
import type { TreePath } from './path.js';
import { problemsFromSchema } from './problems-from-schema.js';
import { readConfigText } from './read-config-text.js';
import { listenAllowed, parseListen } from './scalars.js';
import type { ListenAddress } from './scalars.js';
import { knownKeysOf } from './schema-keys.js';
import { shownConfig } from './shown-config.js';
import { soundParts } from './sound-parts.js';
import type { Locate, TapewatchConfig } from './tapewatch-config.js';
import { readTimeIntervals } from './time-intervals.js';
import { checkTls } from './tls-check.js';
import { list, problem } from './tree-problem.js';
import { readYamlTree } from './yaml-tree.js';
import type { YamlTree } from './yaml-tree.js';

const schemaKeys = knownKeysOf(configSchema);

function knownKeys(path: TreePath): readonly string[] {
  return path.length === 2 && path[0] === 'receivers' ? ['name', '<type>_configs'] : schemaKeys(path);
}

/**
 * Reads and checks a whole configuration. Rejects with a `ConfigError` that holds every problem there is, and with nothing else.
 * TAPEWATCH_DATA_DIR and TAPEWATCH_LISTEN win over the file.
 */
export async function loadConfig(options: LoadConfigOptions): Promise<TapewatchConfig> {
  const { source, sources } = noting({
    readFile: options.readFile ?? diskSource.readFile,
    glob: options.glob ?? diskSource.glob,
  });
  const file = resolve(options.baseDir, options.file);
  const folder = dirname(file);
  const text = options.text ?? (await readConfigText(options.file, file, source));
  const tree = await readYamlTree(options.file, text, {
    env: options.env,
    readFile: (path) => source.readFile(resolve(folder, path)),
  });
  if (tree.problems.some((problem) => problem.code === 'CONFIG_SYNTAX')) throw new ConfigError(tree.problems);
  const overrides = overridesFrom(options);
  const parsed = configSchema.safeParse(tree.root);
  const intervals = readTimeIntervals(tree, 'time_intervals');
  const alertmanager = await readAlertmanager(tree, folder, source);
  const rules = await expandRuleFiles(tree, folder, source);
  const problems = [
    ...tree.problems,
    ...schemaProblems(parsed, tree),
    ...crossCheck(tree, alertmanager?.receiverNames),
    ...intervals.problems,
    ...(alertmanager?.problems ?? []),
    ...checkListening(tree, overrides.listen),
    ...(await checkTls(tree, folder, source)),
    ...rules.problems,
    ...overrides.problems,
  ];
  const surroundings = {
    file,
    locate: locateIn(tree, alertmanager),
    timeIntervals: intervals.timeIntervals,
    warnings: alertmanager?.warnings ?? [],
    templateFiles: await expandTemplates(alertmanager?.imported?.templates ?? templatePatterns(tree, folder), source),
    shown: shownConfig(text),
    sources: [...new Set([file, ...sources, ...rules.files])],
    baseDir: options.baseDir,
    ruleFiles: rules.files,
    ...(alertmanager?.imported === undefined ? {} : { imported: alertmanager.imported }),
    ...(overrides.dataDir === undefined ? {} : { dataDir: overrides.dataDir }),
    ...(overrides.listen === undefined ? {} : { listen: overrides.listen }),
  };
  if (parsed.success && problems.length === 0) return assemble(parsed.data, surroundings);
  const sound = soundParts(tree.root, problems);
  throw new ConfigFileError(
    inOrder(problems, options.file),
    sound === undefined ? undefined : { config: assemble(sound.data, surroundings), standIns: sound.standIns },
  );
}

/** Notes which files are read and which folders are searched: when one of them changes, so may the configuration. */
function noting(source: ConfigSource): { readonly source: ConfigSource; readonly sources: Iterable<string> } {
  const sources = new Set<string>();
  const noted: ConfigSource = {
    readFile: (path) => {
      sources.add(path);
      return source.readFile(path);
    },
    glob: (pattern) => {
      sources.add(dirname(pattern.replace(/[*?[\]{}].*$/s, '_')));
      return source.glob(pattern);
    },
  };
  return { source: noted, sources };
}

/** A value whose reference could not be resolved has been told of already; what the schema says of it would only confuse. */
function schemaProblems(parsed: ReturnType<typeof configSchema.safeParse>, tree: YamlTree): readonly Problem[] {
  if (parsed.success) return [];
  const unresolved = new Set(tree.problems.map((problem) => problem.path));
  return problemsFromSchema(parsed.error.issues, { locate: tree.locate, at: [], input: tree.root, knownKeys }).filter(
    (problem) => !unresolved.has(problem.path),
  );
}

/** By place in the file, as a reader mends them, the own file first. */
function inOrder(problems: readonly Problem[], file: string): readonly Problem[] {
  const other = (problem: Problem): number => Number(problem.file !== undefined && problem.file !== file);
  return [...problems].sort(
    (a, b) => other(a) - other(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

/** The alertmanager.yml that the file names, if it names one. */
async function readAlertmanager(
  tree: YamlTree,
  folder: string,
  source: ConfigSource,
): Promise<AlertmanagerImport | undefined> {
  const name: unknown = tree.root[alertmanagerKey];
  if (typeof name !== 'string' || name.trim() === '') return undefined;
  const path = resolve(folder, name);
  try {
    return await importAlertmanager(name, path, await source.readFile(path), source);
  } catch (error) {
    const fault = {
      code: 'CONFIG_NOT_FOUND',
      message: `This file cannot be read: ${messageOf(error)}.`,
      hint: 'A relative path starts at the folder of the configuration file.',
    } as const;
    return {
      locate: tree.locate,
      receiverNames: [],
      problems: [problem(tree, [alertmanagerKey], fault)],
      warnings: [],
    };
  }
}

/** Paths into the imported file begin with the key that names it. */
function locateIn(tree: YamlTree, alertmanager: AlertmanagerImport | undefined): Locate {
  if (alertmanager === undefined) return tree.locate;
  return (path) =>
    path[0] === alertmanagerKey && path.length > 1 ? alertmanager.locate(path.slice(1)) : tree.locate(path);
}

function templatePatterns(tree: YamlTree, folder: string): readonly string[] {
  return list(tree.root['templates']).flatMap((pattern) =>
    typeof pattern === 'string' && pattern.trim() !== '' ? [resolve(folder, pattern)] : [],
  );
}

/** As Alertmanager does it: a pattern, and a name, too, may match nothing yet. */
async function expandTemplates(patterns: readonly string[], source: ConfigSource): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const pattern of patterns) for (const file of await matchesOf(pattern, source)) files.add(file);
  return [...files];
}

interface Overrides {
  readonly dataDir?: string;
  readonly listen?: ListenAddress;
  readonly problems: readonly Problem[];
}

function overridesFrom(options: LoadConfigOptions): Overrides {
  const dataDir = options.env['TAPEWATCH_DATA_DIR'] ?? '';
  const address = options.env['TAPEWATCH_LISTEN'] ?? '';
  const listen = address === '' ? undefined : parseListen(address);
  const refused = address !== '' && listen === undefined;
  return {
    ...(dataDir === '' ? {} : { dataDir: resolve(options.baseDir, dataDir) }),
    ...(listen === undefined ? {} : { listen }),
    problems: refused ? [listenProblem(address)] : [],
  };
}

function listenProblem(address: string): Problem {
  return {
    code: 'CONFIG_INVALID_VALUE',
    message: 'The environment variable TAPEWATCH_LISTEN is not an address to listen on.',
    path: 'TAPEWATCH_LISTEN',
    found: JSON.stringify(address),
    allowed: listenAllowed,
  };
}

const globCharacters = /[*?[\]{}]/;

async function expandRuleFiles(
  tree: YamlTree,
  folder: string,
  source: ConfigSource,
): Promise<{ readonly files: readonly string[]; readonly problems: readonly Problem[] }> {
  const patterns: unknown = tree.root['rule_files'];
  const files = new Set<string>();
  const problems: Problem[] = [];
  if (!Array.isArray(patterns)) return { files: [], problems };
  for (const [i, pattern] of (patterns as readonly unknown[]).entries()) {
    if (typeof pattern !== 'string' || pattern.trim() === '') continue;
    const found = await matchesOf(isAbsolute(pattern) ? pattern : resolve(folder, pattern), source);
    for (const path of found) files.add(path);
    // A pattern may match nothing yet; a file that is named must be there.
    if (found.length === 0 && !globCharacters.test(pattern)) problems.push(absentRuleFile(tree, i));
  }
  return { files: [...files], problems };
}

async function matchesOf(pattern: string, source: ConfigSource): Promise<readonly string[]> {
  try {
    return await source.glob(pattern);
  } catch {
    return []; // a folder that cannot be listed has no matches
  }
}

function absentRuleFile(tree: YamlTree, index: number): Problem {
  const path = ['rule_files', index];
  const { file, line, column } = tree.locate(path);
  return {
    code: 'CONFIG_NOT_FOUND',
    message: 'This rule file does not exist.',
    file,
    line,
    column,
    path: formatPath(path),
    hint: 'A relative path starts at the folder of the configuration file.',
  };
}

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findDataDir } from '@tapewatch/config';
import { StartError } from '@tapewatch/model';
import { chooseConfig } from '../start/choose-config.js';
import { UsageError } from '../usage-error.js';
import { certificateFetch } from './certificate-fetch.js';
import { notRunning } from './not-running.js';
import { RunningServer } from './running-server.js';
import type { Fetch } from './running-server.js';
import type { ServerArguments } from './server-arguments.js';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The current folder. */
  readonly baseDir: string;
  /** What `start` takes when there is no configuration. */
  readonly demoConfig: string;
  readonly fetch: Fetch;
}

/**
 * The server that the arguments and the environment name: at a URL, else the one that runs on the data folder that `start` would
 * take here. Throws UsageError, ConfigError, or StartError SERVER_NOT_RUNNING; nothing is asked of the server yet.
 */
export async function findRunningServer(args: ServerArguments, around: Surroundings): Promise<RunningServer> {
  const { env, fetch } = around;
  const url = args.url ?? given(env['TAPEWATCH_URL']);
  const token = args.token ?? given(env['TAPEWATCH_TOKEN']);
  if (url !== undefined) return new RunningServer({ url: checkedUrl(url), token: tokenFor(url, token), fetch });
  const dataDir = await dataDirOf(args, around);
  const local = await readServerFile(dataDir);
  return new RunningServer({
    url: local.url,
    token: token ?? local.token,
    dataDir,
    ownToken: token === undefined,
    fetch: local.certificate === undefined ? fetch : certificateFetch(local.certificate),
  });
}

/** The same where one answers; undefined where none runs. */
export async function answeringServer(args: ServerArguments, around: Surroundings): Promise<RunningServer | undefined> {
  try {
    const server = await findRunningServer(args, around);
    // Asked before it is trusted to be there: a file that names it may be left from a crash.
    await server.graphql('{ me { name } }');
    return server;
  } catch (error) {
    if (error instanceof StartError && error.code === 'SERVER_NOT_RUNNING') return undefined;
    throw error;
  }
}

/** The configuration that `start` takes with the same arguments in the same folder. */
export function configFileOf(
  args: Pick<ServerArguments, 'config'>,
  { baseDir, demoConfig }: Pick<Surroundings, 'baseDir' | 'demoConfig'>,
): string {
  return chooseConfig(args, demoConfig, (path) => existsSync(resolve(baseDir, path))).file;
}

/** The data folder that `start` takes with the same arguments in the same folder. Throws ConfigError. */
export function dataDirOf(args: Pick<ServerArguments, 'config'>, around: Omit<Surroundings, 'fetch'>): Promise<string> {
  const { env, baseDir } = around;
  return findDataDir({ file: configFileOf(args, around), env, baseDir });
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function checkedUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol))
    throw new UsageError(`--url (or TAPEWATCH_URL) is no address of a server: ${url}. Write it as http://HOST:PORT`);
  return url.replace(/\/+$/, '');
}

function tokenFor(url: string, token: string | undefined): string {
  if (token !== undefined) return token;
  throw new UsageError(`A token is needed for ${url}: give it with --token or TAPEWATCH_TOKEN`);
}

interface ServerFile {
  readonly url: string;
  readonly token: string;
  /** The file that it takes its TLS certificate from. */
  readonly certificate?: string;
}

async function readServerFile(dataDir: string): Promise<ServerFile> {
  const file = join(dataDir, 'server.json');
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw notRunning(dataDir, error);
    if (code === 'EACCES' || code === 'EPERM') {
      const message = `${file} belongs to the user under whom Tapewatch runs: run this as that user, or with --url and --token`;
      throw new StartError('NOT_ALLOWED', message, { cause: error });
    }
    throw new StartError('DATA_UNREADABLE', `${file} cannot be read: ${String(error)}`, { cause: error });
  }
  if (!isServerFile(content)) {
    const message = `${file} is not what a Tapewatch writes. Start Tapewatch again: it is written anew`;
    throw new StartError('DATA_UNREADABLE', message);
  }
  return content;
}

function isServerFile(content: unknown): content is ServerFile {
  if (typeof content !== 'object' || content === null) return false;
  const { url, token, certificate } = content as Readonly<Record<string, unknown>>;
  return (
    typeof url === 'string' &&
    URL.canParse(url) &&
    typeof token === 'string' &&
    ['undefined', 'string'].includes(typeof certificate)
  );
}

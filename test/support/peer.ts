import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePort } from './program.js';
import { inRepository } from './repository.js';
import { scratchFolder } from './scratch.js';
import { until } from './until.js';

/** Programs of others that Tapewatch is held against; the tools of one are beside it. */
const servers = {
  prometheus: {
    variable: 'TAPEWATCH_PROMETHEUS',
    args: ['--storage.tsdb.path=data'],
  },
  alertmanager: {
    variable: 'TAPEWATCH_ALERTMANAGER',
    args: ['--storage.path=data', '--cluster.listen-address='],
  },
} as const;
const serverOf = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  alertmanager: 'alertmanager',
  amtool: 'alertmanager',
} as const;

export interface FoundPeer {
  /** Undefined when this machine has none. */
  readonly file: string | undefined;
  /** Why not, and what to do about it. */
  readonly reason: string;
}

/** The one beside what TAPEWATCH_PROMETHEUS or TAPEWATCH_ALERTMANAGER names, or the one that `scripts/build-*.mjs` has built. */
export function findPeer(name: keyof typeof serverOf): FoundPeer {
  const server = serverOf[name];
  const { variable } = servers[server];
  const named = process.env[variable];
  if (named !== undefined && named !== '') {
    const file = name === server ? named : join(dirname(named), name);
    return existsSync(file)
      ? { file, reason: '' }
      : { file: undefined, reason: `${variable}: there is no file ${file}` };
  }
  const script = inRepository('scripts', `build-${server}.mjs`);
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, '--which'], { encoding: 'utf8' });
  if (status !== 0) return { file: undefined, reason: stderr.trim() };
  return { file: join(dirname(stdout.trim()), name), reason: '' };
}

export interface PeerOptions {
  readonly config: string;
  /** Beside the config, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

export interface Peer {
  readonly url: string;
  readonly pid: number;
  /** Where its config and data are, until it is stopped. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** One of its own on a free port, in a folder of its own, once it says that it is ready. */
export async function startPeer(name: keyof typeof servers, options: PeerOptions): Promise<Peer> {
  const { file, reason } = findPeer(name);
  if (file === undefined) throw new Error(`a real ${name} is needed. ${reason}`);
  const [folder, port] = await Promise.all([scratchFolder(), freePort()]);
  const files = { ...options.files, [`${name}.yml`]: options.config };
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder.path, path), text);
  const own = [`--config.file=${name}.yml`, `--web.listen-address=127.0.0.1:${port}`];
  const args = [...own, ...servers[name].args, ...(options.args ?? [])];
  const child = spawn(file, args, { stdio: 'ignore', cwd: folder.path });
  const ended = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    await folder.remove();
  };
  try {
    await until(`${name} is ready`, 30_000, async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok;
    });
    return { url, pid: child.pid as number, folder: folder.path, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePort } from '../support/program.js';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';

/** The real Alertmanager that a benchmark holds Tapewatch against. */
export interface PeerAlertmanager {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** One of its own on a free port, without a cluster; TAPEWATCH_ALERTMANAGER names another than the built one. */
export async function startPeerAlertmanager(config: string): Promise<PeerAlertmanager> {
  const [file, folder, port] = [alertmanagerFile(), await scratchFolder(), await freePort()];
  await writeFile(join(folder.path, 'alertmanager.yml'), config);
  const args = [
    `--config.file=${join(folder.path, 'alertmanager.yml')}`,
    `--storage.path=${join(folder.path, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ];
  const child = spawn(file, args, { stdio: 'ignore', cwd: folder.path });
  const ended = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    await folder.remove();
  };
  try {
    await until('Alertmanager is ready', 30_000, async () => {
      if (child.exitCode !== null) throw new Error(`Alertmanager ended with ${child.exitCode}`);
      return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok;
    });
    return { url, pid: child.pid as number, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function alertmanagerFile(): string {
  const named = process.env['TAPEWATCH_ALERTMANAGER'];
  if (named !== undefined && named !== '') return named;
  const script = inRepository('scripts/build-alertmanager.mjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, '--which'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`this benchmark needs a real Alertmanager. ${stderr.trim()}`);
  return join(dirname(stdout.trim()), 'alertmanager');
}

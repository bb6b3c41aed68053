import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/program.js';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';

/** The real Prometheus that a benchmark holds Tapewatch against. */
export interface PeerPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/** One of its own on a free port, empty, scraping nothing, taking remote write; TAPEWATCH_PROMETHEUS names another than the built one. */
export async function startPeerPrometheus(): Promise<PeerPrometheus> {
  const [file, folder, port] = [prometheusFile(), await scratchFolder(), await freePort()];
  await writeFile(join(folder.path, 'prometheus.yml'), 'global: {}\n');
  const args = [
    `--config.file=${join(folder.path, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder.path, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
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
    await until('Prometheus is ready', 30_000, async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}`);
      const ready = await fetch(`${url}/-/ready`).catch(() => undefined);
      return ready?.ok;
    });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until what is older than a few hours is in blocks on the disk, where it would be in a Prometheus that has run all the time. */
export async function blocksWritten(url: string, newestMs: number): Promise<void> {
  await until('Prometheus has written its blocks', 180_000, async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const oldest = /^prometheus_tsdb_head_min_time_seconds (.+)$/m.exec(metrics)?.[1];
    return oldest !== undefined && Number(oldest) * 1000 > newestMs - 4 * 3_600_000;
  });
}

function prometheusFile(): string {
  const named = process.env['TAPEWATCH_PROMETHEUS'];
  if (named !== undefined && named !== '') return named;
  const script = inRepository('scripts/build-prometheus.mjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, '--which'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`this benchmark needs a real Prometheus. ${stderr.trim()}`);
  return stdout.trim();
}

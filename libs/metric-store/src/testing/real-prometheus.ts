import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const builder = fileURLToPath(new URL('../../../../scripts/build-prometheus.mjs', import.meta.url));

/** A Prometheus 3: what TAPEWATCH_PROMETHEUS names, or the one that the builder has made. */
export function findPrometheus(): { readonly file?: string; readonly reason: string } {
  const named = process.env['TAPEWATCH_PROMETHEUS'];
  if (named !== undefined && named !== '') return { file: named, reason: '' };
  const { stdout, status } = spawnSync(process.execPath, [builder, '--which'], { encoding: 'utf8' });
  const file = stdout.trim();
  if (status === 0 && existsSync(file)) return { file, reason: '' };
  return { reason: 'there is no Prometheus 3: "node scripts/build-prometheus.mjs" builds one with Go' };
}

export interface RealPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/** A Prometheus of its own on a free port, with its OTLP receiver, empty, scraping nothing. */
export async function startPrometheus(file: string): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'real-prometheus-'));
  const port = await freePort();
  writeFileSync(join(folder, 'prometheus.yml'), 'storage: { tsdb: { out_of_order_time_window: 1h } }\n');
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-otlp-receiver',
  ];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const url = `http://127.0.0.1:${port}`;
  await ready(url, child, () => said.join('').slice(-2000));
  return {
    url,
    async stop() {
      child.kill('SIGKILL');
      await new Promise((resolve) =>
        child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve(undefined),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready(url: string, child: ChildProcess, said: () => string): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said()}`);
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    if (Date.now() > end) throw new Error(`Prometheus is not ready: ${said()}`);
    await sleep(50);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

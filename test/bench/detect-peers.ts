import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/program.js';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';
import { figuresOf } from './process-figures.js';

/** Prometheus scrapes and evaluates as often, and Alertmanager waits for nothing. */
const intervals = ['1s', '100ms'] as const;
const idle: PeerWork = { exposition: '', ruleFiles: [] };

/** What a peer has to do besides. */
export interface PeerWork {
  /** Series, as a target shows them. */
  readonly exposition: string;
  readonly ruleFiles: readonly string[];
}

/**
 * The same detection by the real Prometheus and Alertmanager, where this machine has both: with nothing else to do, and with as many series
 * and the same rules as Tapewatch has meanwhile.
 */
export async function detectPeers(rounds: number, work: PeerWork): Promise<Record<string, number | string>> {
  const files = {
    prometheus: binaryOf('TAPEWATCH_PROMETHEUS', 'build-prometheus.mjs'),
    // The script says where amtool is, which stands beside it.
    alertmanager: binaryOf('TAPEWATCH_ALERTMANAGER', 'build-alertmanager.mjs')?.replace(/amtool$/, 'alertmanager'),
  };
  const { prometheus, alertmanager } = files;
  if (prometheus === undefined || alertmanager === undefined)
    return {
      'Prometheus + Alertmanager': `not measured: there is no ${prometheus === undefined ? 'Prometheus (TAPEWATCH_PROMETHEUS)' : 'Alertmanager (TAPEWATCH_ALERTMANAGER)'}`,
    };
  const found: Record<string, number | string> = {};
  for (const interval of intervals) {
    for (const [how, one] of [
      ['', idle],
      [', the same series and rules', work],
    ] as const) {
      const { delays, cpuPerMinute } = await measured(prometheus, alertmanager, interval, rounds, one);
      delays.sort((a, b) => a - b);
      const at = (share: number): number => Math.round(delays[Math.floor((delays.length - 1) * share)] ?? NaN);
      const name = `Prometheus + Alertmanager at ${interval}${how}`;
      found[`${name}, p50, ms`] = at(0.5);
      found[`${name}, p99, ms`] = at(0.99);
      found[`${name}, processor time a minute, s`] = cpuPerMinute.toFixed(2);
    }
  }
  return found;
}

async function measured(
  prometheus: string,
  alertmanager: string,
  interval: string,
  rounds: number,
  { exposition, ruleFiles }: PeerWork,
): Promise<{ readonly delays: number[]; readonly cpuPerMinute: number }> {
  const [folder, port, alertPort] = await Promise.all([scratchFolder(), freePort(), freePort()]);
  const target = await startTarget(exposition);
  const { path } = folder;
  await writeFile(
    join(path, 'alertmanager.yml'),
    `route: { receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 100ms, repeat_interval: 4h }
receivers: [{ name: hook, webhook_configs: [{ url: '${target.url}/hook' }] }]
`,
  );
  await writeFile(
    join(path, 'rules.yml'),
    'groups: [{ name: detect, rules: [{ alert: Detected, expr: bench_value > 0.5 }] }]\n',
  );
  await writeFile(
    join(path, 'prometheus.yml'),
    `global: { scrape_interval: ${interval}, scrape_timeout: ${interval}, evaluation_interval: ${interval} }
rule_files: [${['rules.yml', ...ruleFiles].join(', ')}]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${alertPort}'] }] }] }
scrape_configs: [{ job_name: bench, static_configs: [{ targets: ['${new URL(target.url).host}'] }] }]
`,
  );
  const children = [
    spawn(
      alertmanager,
      [
        `--config.file=${join(path, 'alertmanager.yml')}`,
        `--storage.path=${join(path, 'alertmanager')}`,
        `--web.listen-address=127.0.0.1:${alertPort}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore', cwd: path },
    ),
    spawn(
      prometheus,
      [
        `--config.file=${join(path, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(path, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore', cwd: path },
    ),
  ];
  const ended = Promise.all(children.map((child) => once(child, 'close')));
  const cpu = async (): Promise<number> => {
    const each = await Promise.all(children.map(({ pid }) => figuresOf(pid as number)));
    return each.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  };
  try {
    await until('the first scrape', 60_000, () => target.scrapes > 3);
    const [beganMs, before] = [performance.now(), await cpu()];
    const delays: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await sleep(Math.random() * 1000);
      delays.push(await target.cross());
    }
    const minutes = (performance.now() - beganMs) / 60_000;
    return { delays, cpuPerMinute: ((await cpu()) - before) / minutes };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await ended;
    target.stop();
    await folder.remove();
  }
}

/** What is scraped, and what is told. */
async function startTarget(exposition: string): Promise<{
  readonly url: string;
  readonly scrapes: number;
  cross(): Promise<number>;
  stop(): void;
}> {
  let value = 0;
  let scrapes = 0;
  const told: { readonly at: number; readonly status: string }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      if (request.method === 'POST')
        told.push({ at: Date.now(), status: (JSON.parse(text) as { status: string }).status });
      else scrapes++;
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(request.method === 'POST' ? '' : `# TYPE bench_value gauge\nbench_value ${value}\n${exposition}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const next = (status: string, from: number): Promise<number> =>
    until(status, 60_000, () => told.slice(from).find((one) => one.status === status)?.at);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get scrapes() {
      return scrapes;
    },
    async cross() {
      const from = told.length;
      const crossedAt = Date.now();
      value = 1;
      const at = await next('firing', from);
      value = 0;
      await next('resolved', from);
      return at - crossedAt;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function binaryOf(variable: string, script: string): string | undefined {
  const named = process.env[variable];
  if (named !== undefined && named !== '') return named;
  const { stdout, status } = spawnSync(process.execPath, [inRepository(`scripts/${script}`), '--which'], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}

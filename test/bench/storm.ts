import { setTimeout as sleep } from 'node:timers/promises';
import { writeFile } from 'node:fs/promises';
import { adminToken, Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { until } from '../support/until.js';
import { startWebhook, type Delivery } from '../support/webhook.js';
import type { Benchmark } from './main.js';
import { startPeerAlertmanager } from './peer-alertmanager.js';
import { figuresOf, type ProcessFigures } from './process-figures.js';

const count = Number(process.env['BENCH_ALERTS'] ?? 10_000);
const groups = 50;
const channels = 3;
/** Alerts of one request. */
const batch = 100;
const flushSeconds = 1;

type Webhook = Awaited<ReturnType<typeof startWebhook>>;

interface Target {
  readonly url: string;
  readonly pid: number;
  readonly headers: Readonly<Record<string, string>>;
}

interface StormFigures {
  /** From the last alert that was sent until the last of all was told on the last channel. */
  readonly toldMs: number;
  readonly notifications: number;
  /** From the first alert to the last that was told, and what it took. */
  readonly cpuSeconds: number;
  readonly rssMegabytes: number;
}

/** Ten thousand alerts of fifty groups on three channels, over ten seconds and all at once, beside Alertmanager. */
export const storm: Benchmark = {
  what: 'BENCH_ALERTS (10000) alerts in 10 s and at once, 50 groups, 3 channels: until all are told, beside Alertmanager',
  async run() {
    const figures: Record<string, number | string> = {};
    for (const overMs of [10_000, 200]) {
      const name = `${count} alerts in ${overMs / 1000} s`;
      const own = await tapewatch(overMs);
      const peer = await alertmanager(overMs);
      for (const [who, { toldMs, notifications, cpuSeconds, rssMegabytes }] of [
        ['tapewatch', own],
        ['alertmanager', peer],
      ] as const) {
        figures[`${name}: ${who}, told after, ms`] = toldMs;
        figures[`${name}: ${who}, notifications`] = notifications;
        figures[`${name}: ${who}, cpu, s`] = cpuSeconds.toFixed(2);
        figures[`${name}: ${who}, rss, MB`] = rssMegabytes;
      }
      figures[`${name}: tapewatch, in history after, ms`] = own.keptMs;
      figures[`${name}: tapewatch, most notifications`] =
        groups * channels * (Math.ceil(overMs / 1000 / flushSeconds) + 1);
      figures[`${name}: tapewatch, event loop p99 of the worst second, ms`] = own.loopP99Ms;
    }
    return figures;
  },
};

async function tapewatch(overMs: number) {
  const [folder, hooks] = [await scratchFolder(), await webhooks()];
  const config = `${folder.path}/tapewatch.yaml`;
  await writeFile(config, `shipped_rules: false\nroute:\n  receiver: all\n  group_by: [group]\n${receivers(hooks)}`);
  const program = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
  try {
    const target = { url: program.url, pid: program.pid, headers: { authorization: `Bearer ${adminToken}` } };
    let keptAt = 0;
    const figures = await stormOf(target, hooks, overMs, async () => {
      if (keptAt !== 0) return;
      const { alertSummary } = await program.graphql<{ alertSummary: { historyTotal: number } }>(
        '{ alertSummary { historyTotal } }',
      );
      if (alertSummary.historyTotal >= count) keptAt = Date.now();
    });
    // Of each second its 99th percentile; the worst second of the storm.
    const [delay] = await program.promql('max_over_time(nodejs_eventloop_delay_p99_seconds[20s])');
    return {
      ...figures,
      keptMs: keptAt - figures.lastSentAt,
      loopP99Ms: Math.round(Number(delay?.value ?? NaN) * 1000),
    };
  } finally {
    await program.stop();
    for (const hook of hooks) hook.stop();
    await folder.remove();
  }
}

async function alertmanager(overMs: number): Promise<StormFigures> {
  const hooks = await webhooks();
  const peer = await startPeerAlertmanager(
    `route:\n  receiver: all\n  group_by: [group]\n  group_wait: 0s\n  group_interval: ${flushSeconds}s\n  repeat_interval: 4h\n${receivers(hooks)}`,
  );
  try {
    return await stormOf({ ...peer, headers: {} }, hooks, overMs, () => Promise.resolve());
  } finally {
    await peer.stop();
    for (const hook of hooks) hook.stop();
  }
}

function webhooks(): Promise<readonly Webhook[]> {
  return Promise.all(Array.from({ length: channels }, () => startWebhook()));
}

function receivers(hooks: readonly Webhook[]): string {
  return `receivers:\n  - name: all\n    webhook_configs: [${hooks.map(({ url }) => `{ url: '${url}' }`).join(', ')}]\n`;
}

async function stormOf(
  { url, pid, headers }: Target,
  hooks: readonly Webhook[],
  overMs: number,
  look: () => Promise<void>,
): Promise<StormFigures & { readonly lastSentAt: number }> {
  const before = await figuresOf(pid);
  const begun = performance.now();
  const requests = count / batch;
  const sending: Promise<void>[] = [];
  // On time, whatever the answers to those before take: a storm does not wait.
  for (let i = 0; i < requests; i++) {
    await sleep(Math.max(0, begun + (i * overMs) / requests - performance.now()));
    sending.push(send(url, headers, i * batch));
  }
  const lastSentAt = Date.now();
  await Promise.all(sending);
  let after: ProcessFigures | undefined;
  await until('everything is told', 60_000, async () => {
    await look();
    if (!hooks.every(({ deliveries }) => toldIn(deliveries) === count)) return false;
    after ??= await figuresOf(pid);
    return true;
  });
  await look();
  const toldAt = Math.max(...hooks.map(({ deliveries }) => firstTimeAllTold(deliveries)));
  return {
    lastSentAt,
    toldMs: toldAt - lastSentAt,
    notifications: hooks.reduce((sum, { deliveries }) => sum + deliveries.length, 0),
    cpuSeconds: (after as ProcessFigures).cpuSeconds - before.cpuSeconds,
    rssMegabytes: (after as ProcessFigures).rssMegabytes,
  };
}

async function send(url: string, headers: Target['headers'], first: number): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(Array.from({ length: batch }, (_, i) => alertOf(first + i))),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

function alertOf(i: number): object {
  return {
    labels: {
      alertname: 'Storm',
      group: `group-${i % groups}`,
      number: `${i}`,
      severity: 'critical',
      venue: 'binance',
    },
    annotations: { summary: `Something is wrong with number ${i}` },
    generatorURL: 'http://prometheus.example/graph',
  };
}

function toldIn(deliveries: readonly Delivery[]): number {
  return new Set(deliveries.flatMap(({ body }) => body.alerts.map(({ labels }) => labels['number']))).size;
}

function firstTimeAllTold(deliveries: readonly Delivery[]): number {
  const told = new Set<string | undefined>();
  for (const { at, body } of deliveries) {
    for (const { labels } of body.alerts) told.add(labels['number']);
    if (told.size === count) return at;
  }
  return Infinity;
}

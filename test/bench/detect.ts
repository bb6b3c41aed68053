import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminToken, Program } from '../support/program.js';
import { inRepository } from '../support/repository.js';
import { scratchFolder, writeConfig } from '../support/scratch.js';
import { startSimulator } from '../support/simulator.js';
import type { Simulator } from '../support/simulator.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';
import { detectPeers, type PeerWork } from './detect-peers.js';
import type { Benchmark } from './main.js';
import { figuresOf } from './process-figures.js';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 30);
type Webhook = Awaited<ReturnType<typeof startWebhook>>;

const rules = `groups:
  - name: detect
    rules:
      - alert: PriceHigh
        expr: exchange_ticker_last{symbol="BTC/USDT"} > 150000
      - alert: BotDrawdown
        expr: bot_drawdown_ratio > 0.5
      - alert: BotSaidSo
        expr: tapewatch_intake_points_total{outcome="rejected"} > TICK
`;

/** How long after a value has crossed its threshold the alert is on a webhook, by the way in which the value comes. */
export const detect: Benchmark = {
  what: 'a value crosses its threshold → webhook received, for: 0s: a price message, an OTLP push, a figure of a tick; BENCH_ROUNDS (30)',
  async run() {
    const [folder, webhook] = await Promise.all([scratchFolder(), startWebhook()]);
    const simulator = await startSimulator();
    const file = join(folder.path, 'rules.yaml');
    // Only what is pushed first counts: see `byTick`.
    await writeFile(file, rules.replace('TICK', '0'));
    const config = await writeConfig(folder.path, simulator, webhook.url, `rule_files: [${file}]\n`);
    const program = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
    try {
      await until('prices', 60_000, async () => (await program.promql('exchange_ticker_last')).length > 0);
      // Its code is compiled by then, as that of the peers is from the start.
      await sleep(60_000);
      const idle = await cpuPerMinute(program, () => sleep(20_000));
      const message: number[] = [];
      const push: number[] = [];
      const busy = await cpuPerMinute(program, async () => {
        for (let round = 0; round < rounds; round++) {
          message.push(await byMessage(simulator, webhook));
          push.push(await byPush(program, webhook));
        }
      });
      const tick = await byTick(program, webhook);
      const work = await workOf(program);
      return {
        ...figures('price message', message),
        ...figures('OTLP push', push),
        'own series (the next tick), ms': Math.round(tick),
        'processor time a minute, idle, s': idle.toFixed(2),
        'processor time a minute, meanwhile, s': busy.toFixed(2),
        'rss, MB': (await figuresOf(program.pid)).rssMegabytes,
        'series of the program': work.series,
        ...(await detectPeers(rounds, work)),
      };
    } finally {
      await program.stop();
      await simulator.stop();
      webhook.stop();
      await folder.remove();
    }
  },
};

/** From the frame that carried the price to the webhook. */
async function byMessage(simulator: Simulator, webhook: Webhook): Promise<number> {
  const from = webhook.deliveries.length;
  await simulator.fault({ fault: 'price_jump', symbol: 'BTC/USDT', ratio: 10 });
  const at = await told(webhook, from, 'PriceHigh');
  const sentAt = await simulator.lastTickerMessageAt();
  // Another frame may have gone out before it was asked for: they come a second apart.
  const delay = at >= sentAt ? at - sentAt : at - sentAt + 1000;
  await simulator.endFaults();
  await cleared(webhook, from, 'PriceHigh');
  return delay;
}

/** From sending the request to the webhook. */
async function byPush(program: Program, webhook: Webhook): Promise<number> {
  // Rounds have another phase against the tick each.
  await sleep(Math.random() * 1000);
  await push(program, 0.1);
  await sleep(200);
  const from = webhook.deliveries.length;
  const sentAt = Date.now();
  await push(program, 0.9);
  const delay = (await told(webhook, from, 'BotDrawdown')) - sentAt;
  await push(program, 0.1);
  await cleared(webhook, from, 'BotDrawdown');
  return delay;
}

/** From a push that is refused to the alert on the counter of those, which comes with a tick. */
async function byTick(program: Program, webhook: Webhook): Promise<number> {
  const from = webhook.deliveries.length;
  const sentAt = Date.now();
  await push(program, 0.1, '');
  return (await told(webhook, from, 'BotSaidSo')) - sentAt;
}

async function push(program: Program, value: number, name = 'bot.drawdown'): Promise<void> {
  const point = { timeUnixNano: `${Date.now()}000000`, asDouble: value };
  const metrics = [{ name, unit: '1', gauge: { dataPoints: [point] } }];
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'bot' } }] };
  const response = await fetch(`${program.url}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
  });
  if (!response.ok) throw new Error(`pushing: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

async function told(webhook: Webhook, from: number, alertname: string, status = 'firing'): Promise<number> {
  const { at } = await until(`${alertname} ${status}`, 30_000, () =>
    webhook.deliveries
      .slice(from)
      .find(({ body }) => body.alerts.some((one) => one.status === status && one.labels['alertname'] === alertname)),
  );
  return at;
}

/** And its group gone from the notifier, which otherwise waits out a group_interval. */
async function cleared(webhook: Webhook, from: number, alertname: string): Promise<void> {
  await told(webhook, from, alertname, 'resolved');
  await sleep(1500);
}

/** What the program measures and judges, as a Prometheus can do it. */
async function workOf(program: Program): Promise<PeerWork & { readonly series: number }> {
  const series = await program.promql('{__name__=~".+", __name__!~"ALERTS.*"}');
  const lines = series.map(({ labels: { __name__: name, ...labels }, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
    return `${name}{${pairs.join(',')}} ${value ?? NaN}\n`;
  });
  const files = await readdir(inRepository('config/rules'));
  return {
    series: series.length,
    exposition: lines.join(''),
    ruleFiles: files.filter((file) => file.endsWith('.yaml')).map((file) => inRepository(`config/rules/${file}`)),
  };
}

async function cpuPerMinute(program: Program, work: () => Promise<unknown>): Promise<number> {
  const [beganMs, before] = [performance.now(), (await figuresOf(program.pid)).cpuSeconds];
  await work();
  return ((await figuresOf(program.pid)).cpuSeconds - before) / ((performance.now() - beganMs) / 60_000);
}

function figures(name: string, delays: number[]): Record<string, number> {
  const sorted = delays.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN);
  return { [`${name}, p50, ms`]: at(0.5), [`${name}, p99, ms`]: at(0.99), [`${name}, rounds`]: sorted.length };
}

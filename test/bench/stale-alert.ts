import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, Program } from '../support/program.js';
import { scratchFolder, writeConfig } from '../support/scratch.js';
import { startSimulator } from '../support/simulator.js';
import { until } from '../support/until.js';
import { startWebhook } from '../support/webhook.js';
import type { Benchmark } from './main.js';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 20);
/** Of the shipped rule ExchangeFeedStale. */
const thresholdMs = 10_000;

/** How long after it became true a stale feed is told on a webhook. */
export const staleAlert: Benchmark = {
  what: 'from the last ticker message to the alert on the webhook, less the rule’s threshold, over BENCH_ROUNDS (20)',
  async run() {
    const [folder, webhook, port] = await Promise.all([scratchFolder(), startWebhook(), freePort()]);
    let simulator = await startSimulator('--port', String(port));
    const config = await writeConfig(folder.path, simulator, webhook.url);
    const program = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
    const delays: number[] = [];
    const told = (from: number): Promise<{ at: number }> =>
      until('told', 60_000, () => webhook.deliveries.slice(from).find(({ body }) => body.alerts.some(isFiringStale)));
    try {
      for (let round = 0; round < rounds; round++) {
        await until('fresh and quiet', 90_000, async () => {
          const { alerts } = await program.graphql<{ alerts: { edges: unknown[] } }>(
            '{ alerts(filter: { states: [FIRING], matchers: ["alertname=ExchangeFeedStale"] }) { edges { cursor } } }',
          );
          return alerts.edges.length === 0 && (await program.promql('exchange_feed_age_seconds < 2')).length > 0;
        });
        const from = webhook.deliveries.length;
        await simulator.fault({ fault: 'stall', feed: 'ticker' });
        const { at } = await told(from);
        delays.push(at - (await simulator.lastTickerMessageAt()) - thresholdMs);
        // The simulator sends on seconds of its own: a new one has another phase against the tick.
        await simulator.stop();
        await sleep(Math.random() * 1_000);
        simulator = await startSimulator('--port', String(port));
      }
    } finally {
      await program.stop();
      await simulator.stop();
      webhook.stop();
      await folder.remove();
    }
    delays.sort((a, b) => a - b);
    return {
      'p50, ms': delays[Math.floor(delays.length / 2)] ?? 'none',
      'max, ms': delays.at(-1) ?? 'none',
      rounds: delays.length,
    };
  },
};

function isFiringStale(alert: { readonly status: string; readonly labels: Readonly<Record<string, string>> }): boolean {
  return alert.status === 'firing' && alert.labels['alertname'] === 'ExchangeFeedStale';
}

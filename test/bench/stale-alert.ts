import { setTimeout as sleep } from 'node:timers/promises';
import { Program } from '../support/program.js';
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
    const [folder, webhook, simulator] = await Promise.all([scratchFolder(), startWebhook(), startSimulator()]);
    const config = await writeConfig(folder.path, simulator, webhook.url);
    const program = await Program.start({ dataDir: `${folder.path}/data`, args: ['start', '--config', config] });
    const delays: number[] = [];
    const heard = (status: string, from: number): Promise<{ at: number }> =>
      until(status, 60_000, () =>
        webhook.deliveries
          .slice(from)
          .find(({ body }) =>
            body.alerts.some((alert) => alert.status === status && alert.labels['alertname'] === 'ExchangeFeedStale'),
          ),
      );
    try {
      await until('connected', 30_000, async () => (await program.promql('exchange_connected == 1')).length > 0);
      for (let round = 0; round < rounds; round++) {
        // Another phase against the tick each time.
        await sleep(1_000 + Math.random() * 1_000);
        const from = webhook.deliveries.length;
        await simulator.fault({ fault: 'stall', feed: 'ticker' });
        const told = await heard('firing', from);
        delays.push(told.at - (await simulator.lastTickerMessageAt()) - thresholdMs);
        await simulator.endFaults();
        await heard('resolved', from);
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

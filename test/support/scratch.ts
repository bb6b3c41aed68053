import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from './simulator.js';

/** A folder of its own for one test. */
export async function scratchFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tapewatch-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** A config that watches the simulator and tells a webhook; `extra` is appended. */
export async function writeConfig(
  folder: string,
  simulator: Simulator,
  webhookUrl: string,
  extra = '',
): Promise<string> {
  const file = join(folder, 'tapewatch.yaml');
  await writeFile(
    file,
    `exchanges:
  - id: binance
    venue: binance
    symbols: [BTC/USDT, ETH/USDT, SOL/USDT]
    rest_url: ${simulator.rest}
    ws_url: ${simulator.ws}
route:
  receiver: ops
receivers:
  - name: ops
    webhook_configs:
      - url: ${webhookUrl}
checks:
  - name: binance
    type: exchange
    config: { exchange: binance }
${extra}`,
  );
  return file;
}

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Program } from '../support/program.js';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';
import type { Benchmark } from './main.js';
import { childrenOf, figuresOf } from './process-figures.js';

const warmUpMs = 60_000;
const windowMs = Number(process.env['BENCH_SECONDS'] ?? 600) * 1000;

/** The libraries that no build of this program can do without. */
const bareImports = `
await import('@nestjs/core'); await import('@nestjs/graphql'); await import('@nestjs/apollo'); await import('ccxt');
setInterval(() => {}, 1000);`;

/** What the demo costs, beside a process that does nothing but import ccxt and Nest. */
export const footprint: Benchmark = {
  what: 'processor, memory and missed ticks of the demo over BENCH_SECONDS (600), beside bare imports',
  async run() {
    const folder = await scratchFolder();
    const program = await Program.start({ dataDir: `${folder.path}/data` });
    const bare = spawn(process.execPath, ['--input-type=module', '-e', bareImports], {
      cwd: inRepository('apps/server'),
      stdio: 'ignore',
    });
    try {
      await sleep(warmUpMs);
      const [before, missedBefore] = [await figuresOf(program.pid), await missed(program)];
      await sleep(windowMs);
      const [after, missedAfter] = [await figuresOf(program.pid), await missed(program)];
      const [simulator] = await childrenOf(program.pid);
      return {
        'cpu, percent of one core': (((after.cpuSeconds - before.cpuSeconds) / windowMs) * 100_000).toFixed(2),
        'rss, MB': after.rssMegabytes,
        'rss of the exchange simulator, MB':
          simulator === undefined ? 'none' : (await figuresOf(simulator)).rssMegabytes,
        'rss of bare imports of ccxt and Nest, MB': (await figuresOf(bare.pid as number)).rssMegabytes,
        'ticks missed': missedAfter - missedBefore,
        'seconds watched': windowMs / 1000,
      };
    } finally {
      bare.kill();
      await program.stop();
      await folder.remove();
    }
  },
};

async function missed(program: Program): Promise<number> {
  return (await program.graphql<{ pipeline: { missedTicks: number } }>('{ pipeline { missedTicks } }')).pipeline
    .missedTicks;
}

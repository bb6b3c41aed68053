import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '@tapewatch/config';
import { systemClock } from '@tapewatch/model';
import { createPipeline, type Pipeline } from '@tapewatch/pipeline';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';
import type { Benchmark } from './main.js';
import { randomOf } from './metric-data.js';
import { figuresOf } from './process-figures.js';
import { quiet } from './quiet.js';

const seconds = Number(process.env['BENCH_SECONDS'] ?? 60);
const perInstrument = 1000;
const gauges = 8;
const counters = 2;

/** What a tick of 10,000 series costs the main thread, from collecting to handing it to the disk. */
export const tick: Benchmark = {
  what: 'main thread time of a tick of 10,000 series, collected, translated and stored, over BENCH_SECONDS (60); --no-history',
  async run(args) {
    const folder = await scratchFolder();
    const file = join(folder.path, 'tapewatch.yaml');
    const enabled = !args.includes('--no-history');
    await writeFile(
      file,
      `data_dir: ${folder.path}/data\nhost: { enabled: false }\nshipped_rules: false\nmetrics: { history: { enabled: ${enabled} } }\n`,
    );
    const config = await loadConfig({ file, env: {}, baseDir: folder.path });
    const pipeline = await createPipeline(config, {
      ...{ clock: systemClock, logger: quiet, random: Math.random, env: {}, version: '0.0.0' },
      externalUrl: () => 'http://localhost',
      shippedRulesDir: inRepository('config/rules'),
    });
    try {
      measure(pipeline);
      const busy: number[] = [];
      let before = threadMs();
      pipeline.events.onTick(() => {
        // After the tick, so that its own time is in.
        setImmediate(() => {
          const now = threadMs();
          busy.push(now - before);
          before = now;
        });
      });
      await pipeline.start();
      await sleep((seconds + 5) * 1000);
      const settled = busy.slice(5).sort((a, b) => a - b);
      const { seriesActive, missedTicks } = pipeline.read.status();
      return {
        'main thread per tick, p50, ms': (settled[Math.floor(settled.length / 2)] ?? NaN).toFixed(1),
        'p95, ms': (settled[Math.floor(settled.length * 0.95)] ?? NaN).toFixed(1),
        'max, ms': (settled.at(-1) ?? NaN).toFixed(1),
        'rss, MB': (await figuresOf(process.pid)).rssMegabytes,
        series: seriesActive,
        'ticks missed': missedTicks,
        'seconds watched': settled.length,
      };
    } finally {
      await pipeline.stop();
      await folder.remove();
    }
  },
};

/** Processor time of this thread so far: what other processes take of the machine is not in it. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function measure({ meter }: Pipeline): void {
  const random = randomOf(7);
  const attributes = Array.from({ length: perInstrument }, (_, i) => ({ symbol: `SYM${i}/USDT`, venue: `v${i % 7}` }));
  const values = Float64Array.from({ length: perInstrument }, () => Math.round(random() * 1e6));
  for (let g = 0; g < gauges; g++) {
    meter.createObservableGauge(`bench.gauge.${g}`, { unit: '{quote}' }).addCallback((result) => {
      for (let i = 0; i < perInstrument; i++) {
        if (random() < 0.4) values[i] = (values[i] as number) + Math.round((random() - 0.5) * 10);
        result.observe((values[i] as number) / 100, attributes[i]);
      }
    });
  }
  for (let c = 0; c < counters; c++) {
    let turn = 0;
    meter.createObservableCounter(`bench.counter.${c}`, { unit: '{message}' }).addCallback((result) => {
      turn++;
      attributes.forEach((each, i) => result.observe(turn * (1 + (i % 17)), each));
    });
  }
}

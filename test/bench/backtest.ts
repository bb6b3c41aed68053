import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { loadConfig, type TapewatchConfig } from '@tapewatch/config';
import { openMetricStore } from '@tapewatch/metric-store';
import { Labels, systemClock, type CommandResult, type Series } from '@tapewatch/model';
import { createPipeline, metricsFolder, openBacktest, type BacktestResult } from '@tapewatch/pipeline';
import { inRepository } from '../support/repository.js';
import { scratchFolder } from '../support/scratch.js';
import type { Benchmark } from './main.js';
import { randomOf } from './metric-data.js';
import { quiet } from './quiet.js';

const hours = Number(process.env['BENCH_HOURS'] ?? 6);
const secondMs = 1_000;
/** Of each metric; beside them lie as many of others. */
const symbols = 10;
const others = 80;
const ticksAtOnce = 500;

/** By what is shown of them. */
const rules: Readonly<Record<string, { readonly name: string; readonly expr: string }>> = {
  'threshold, 1 series': { name: 'One', expr: 'bench_age_seconds{symbol="S0"} > 5' },
  'threshold, 10 series': { name: 'Ten', expr: 'bench_age_seconds > 5' },
  'avg_over_time[1m], 10 series': { name: 'Average', expr: 'avg_over_time(bench_age_seconds[1m]) > 1' },
  'rate[5m] and a join, 10 series': {
    name: 'Rate',
    expr: 'rate(bench_messages_total[5m]) < 40 and on (symbol) bench_age_seconds > 2',
  },
};

/** How many times faster than the time it replays a backtest is, without a server and beside one. */
export const backtest: Benchmark = {
  what: `times real time of a backtest of one rule at 1 s over BENCH_HOURS (6) of history on disk, with for: 10s, grouping and a channel`,
  async run() {
    const folder = await scratchFolder();
    try {
      const config = await configIn(folder.path);
      const endMs = Math.floor(systemClock.now() / secondMs) * secondMs;
      const startMs = endMs - hours * 3_600_000;
      await fill(config.dataDir, startMs, endMs);
      // Makes the state, without which there is no data folder.
      await (await createPipeline(config, dependencies)).stop();
      const figures: Record<string, number | string> = {};
      const alone = await openBacktest(config, dependencies);
      for (const [what, { name }] of Object.entries(rules))
        Object.assign(figures, figuresOf(what, await alone.run({ rule: name, from: startMs, to: endMs })));
      await alone.close();
      const pipeline = await createPipeline(config, dependencies);
      const { name } = rules['threshold, 10 series'] as { name: string };
      const delays = monitorEventLoopDelay({ resolution: 1 });
      delays.enable();
      const beside = await pipeline.read.backtest({ rule: name, from: startMs, to: endMs });
      delays.disable();
      Object.assign(figures, figuresOf('threshold, 10 series, in the server', beside));
      await pipeline.stop();
      return {
        ...figures,
        'event loop held up meanwhile, p99, ms': (delays.percentile(99) / 1e6).toFixed(1),
        'longest, ms': (delays.max / 1e6).toFixed(1),
        hours,
      };
    } finally {
      await folder.remove();
    }
  },
};

const dependencies = {
  ...{ clock: systemClock, logger: quiet, random: Math.random, env: {}, version: '0.0.0' },
  externalUrl: () => 'http://localhost',
  shippedRulesDir: inRepository('config/rules'),
};

async function configIn(folder: string): Promise<TapewatchConfig> {
  const lines = Object.values(rules).map(
    ({ name, expr }) => `      - { alert: ${name}, expr: '${expr}', for: 10s, labels: { severity: warning } }`,
  );
  await writeFile(join(folder, 'rules.yaml'), `groups:\n  - name: bench\n    rules:\n${lines.join('\n')}\n`);
  const file = join(folder, 'tapewatch.yaml');
  await writeFile(
    file,
    `data_dir: ${folder}/data\nhost: { enabled: false }\nshipped_rules: false\nrule_files: [rules.yaml]\nroute: { receiver: desk }\nreceivers: [{ name: desk, console_configs: [{}] }]\n`,
  );
  return loadConfig({ file, env: {}, baseDir: folder });
}

/** Ages that grow and fall back, and counters; now and then an age goes over every threshold. */
async function fill(dataDir: string, startMs: number, endMs: number): Promise<void> {
  const metrics = await openMetricStore({
    ...{ retentionMs: 600_000, budgetBytes: 2 ** 30, clock: systemClock, logger: quiet },
    history: { folder: join(dataDir, metricsFolder), rawMs: 8_640_000_000, rollupMs: 8_640_000_000 },
  });
  const random = randomOf(11);
  const names = [
    'bench_age_seconds',
    'bench_messages_total',
    ...Array.from({ length: others / symbols }, (_, i) => `bench_other_${i}`),
  ];
  const series = names.flatMap((name) => Array.from({ length: symbols }, (_, i) => seriesOf(name, i)));
  const values = new Float64Array(series.length);
  for (let at = startMs, tick = 0; at <= endMs; at += secondMs, tick++) {
    for (let i = 0; i < values.length; i++) {
      if (i < symbols) values[i] = random() < 0.5 ? 0 : (values[i] as number) + 1;
      else values[i] = (values[i] as number) + Math.floor(random() * 100);
    }
    metrics.memory.accept({ at, series, values });
    metrics.flush();
    if (tick % ticksAtOnce === 0) await metrics.settled();
  }
  await metrics.stop();
}

function seriesOf(name: string, i: number): Series {
  return {
    labels: Labels.of({ __name__: name, symbol: `S${i}`, venue: 'bench' }),
    metric: { otelName: name, name, type: 'gauge', unit: '1', description: '' },
  };
}

function figuresOf(what: string, result: CommandResult<BacktestResult>): Readonly<Record<string, number | string>> {
  if (!result.ok) throw new Error(result.refusal.message);
  const { from, to, tookMs, outcome } = result.value;
  return {
    [`${what}, times real time`]: Math.round((to - from) / tookMs),
    [`${what}, seconds`]: (tookMs / 1000).toFixed(1),
    [`${what}, firings and notifications`]: `${outcome.totals.firings}, ${outcome.totals.sent}`,
  };
}

import { backtest } from './backtest.js';
import { detect } from './detect.js';
import { footprint } from './footprint.js';
import { promqlSweep } from './promql-sweep.js';
import { promqlVsPrometheus } from './promql-vs-prometheus.js';
import { range } from './range.js';
import { recover } from './recover.js';
import { staleAlert } from './stale-alert.js';
import { storeSize } from './store-size.js';
import { storm } from './storm.js';
import { tick } from './tick.js';

/** One measurement: prints what it does to stderr, and gives figures by name. */
export interface Benchmark {
  readonly what: string;
  /** Given what follows the name on the command line. */
  run(args: readonly string[]): Promise<Readonly<Record<string, number | string>>>;
}

const benchmarks: Readonly<Record<string, Benchmark>> = {
  backtest,
  detect,
  footprint,
  'promql-sweep': promqlSweep,
  'promql-vs-prometheus': promqlVsPrometheus,
  range,
  recover,
  'stale-alert': staleAlert,
  'store-size': storeSize,
  storm,
  tick,
};

const [name, ...flags] = process.argv.slice(2);
const benchmark = name === undefined ? undefined : benchmarks[name];
if (benchmark === undefined) {
  process.stdout.write('npm run -s bench -- NAME [--json]\n\n');
  for (const [known, { what }] of Object.entries(benchmarks)) process.stdout.write(`  ${known.padEnd(20)} ${what}\n`);
  process.exitCode = name === undefined ? 0 : 2;
} else {
  const figures = await benchmark.run(flags);
  if (flags.includes('--json')) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else for (const [figure, value] of Object.entries(figures)) process.stdout.write(`${figure.padEnd(42)} ${value}\n`);
}

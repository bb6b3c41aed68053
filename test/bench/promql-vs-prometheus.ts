import { join } from 'node:path';
import { openMetricStore, type MemoryStore } from '@tapewatch/metric-store';
import { Labels, systemClock } from '@tapewatch/model';
import { evaluateInstant, parse } from '@tapewatch/promql';
import { scratchFolder } from '../support/scratch.js';
import { ApiClient, median, medianMs } from './api-client.js';
import { differenceOf, type ApiData } from './compare-answers.js';
import { loadAverage } from './load-average.js';
import type { Benchmark } from './main.js';
import type { MetricData } from './metric-data.js';
import { startPeerPrometheus } from './peer-prometheus.js';
import { quiet } from './quiet.js';
import { remoteWrite } from './remote-write.js';
import { serveFolder } from './serve-folder.js';

const seconds = 600;
const reps = Number(process.env['BENCH_REPS'] ?? 41);
const forever = 86_400_000 * 365 * 100;

const queries: Readonly<Record<string, string>> = {
  'threshold, one series': 'price{exchange="e3",symbol="S21"} > 100',
  'avg_over_time, one series': 'avg_over_time(price{exchange="e3",symbol="S21"}[1m]) > 100',
  'threshold, 5,000 series': 'price > 105',
  'sum by of rate, 4,000 series': 'sum by (exchange) (rate(trades_total[1m]))',
  'join on two labels, 4,000 pairs': 'price / on (exchange, symbol) trades_total > 0',
  'quantile_over_time, 500 series': 'quantile_over_time(0.99, price{exchange="e3"}[1m])',
  'topk of 5,000 series': 'topk(10, price)',
  'histogram_quantile, 1,000 buckets':
    'histogram_quantile(0.99, sum by (exchange, le) (rate(latency_seconds_bucket[1m])))',
  absent: 'absent(price{exchange="e3",symbol="none"})',
  'label_replace, 500 series': 'label_replace(price{exchange="e3"}, "pair", "$1-usd", "symbol", "S(.*)")',
  'subquery, 400 series': 'max_over_time(rate(trades_total{exchange="e3"}[1m])[5m:15s])',
};

/** The same instant queries over the same samples, here and in the real Prometheus. */
export const promqlVsPrometheus: Benchmark = {
  what: 'instant queries over 10,000 series x 10 min beside the real Prometheus; medians of BENCH_REPS (41)',
  async run() {
    const endMs = Math.floor(Date.now() / 1000) * 1000;
    const data = market(endMs);
    const [peer, folder] = [await startPeerPrometheus(), await scratchFolder()];
    const ends: (() => unknown)[] = [() => folder.remove(), () => peer.stop()];
    try {
      process.stderr.write('loading Prometheus ...\n');
      await remoteWrite(peer.url, data, 0, seconds);
      process.stderr.write('loading Tapewatch ...\n');
      const memory = await load(join(folder.path, 'metrics'), data);
      const program = await serveFolder(folder.path);
      ends.push(() => program.stop());
      const [ours, theirs] = [program.client, new ApiClient(peer.url)];
      ends.push(() => theirs.close());
      const figures: Record<string, string> = { 'series, samples of each': `${data.length}, ${seconds}` };
      for (const [name, query] of Object.entries(queries))
        Object.assign(figures, await compare(name, { query, endMs, memory, ours, theirs }));
      return { ...figures, 'load average': loadAverage() };
    } finally {
      for (const end of ends.reverse()) await end();
    }
  },
};

interface Parties {
  readonly query: string;
  readonly endMs: number;
  readonly memory: MemoryStore;
  readonly ours: ApiClient;
  readonly theirs: ApiClient;
}

async function compare(
  name: string,
  { query, endMs, memory, ours, theirs }: Parties,
): Promise<Readonly<Record<string, string>>> {
  const parameters = { query, time: endMs / 1000 };
  const answers = [
    await ours.data<ApiData>('query', parameters),
    await theirs.data<ApiData>('query', parameters),
  ] as const;
  const difference = differenceOf(...answers);

  const expression = parse(query);
  const evaluate = (): unknown => evaluateInstant(expression, memory, endMs);
  const cold = await medianMs(5 * reps, evaluate, 20);
  // Cheap ones in such numbers that what is around them is compiled, as it is in a program that has served for a while.
  const isCheap = cold < 0.1;
  const [warmUps, count] = isCheap ? [500, 10 * reps] : [10, reps];
  const inProcess = isCheap ? await medianMs(count, evaluate, warmUps) : cold;
  const evaluated: number[] = [];
  for (let i = 0; i < reps; i++) evaluated.push(await evaluationMs(theirs, parameters));
  const [here, there] = [
    await medianMs(count, () => ours.text('query', parameters), warmUps),
    await medianMs(count, () => theirs.text('query', parameters), warmUps),
  ];
  const theirEvaluation = median(evaluated);
  return {
    [name]: [
      `evaluation ${inProcess.toFixed(3)} ms, Prometheus ${theirEvaluation.toFixed(3)} ms: ${ratio(theirEvaluation, inProcess)}`,
      `HTTP ${here.toFixed(2)} ms, Prometheus ${there.toFixed(2)} ms: ${ratio(there, here)}`,
      difference === undefined ? `${answers[0].result.length} results, the same` : `DIFFERENT: ${difference}`,
    ].join('; '),
  };
}

/** What Prometheus itself says that the evaluation took. */
async function evaluationMs(client: ApiClient, parameters: Readonly<Record<string, string | number>>): Promise<number> {
  interface Stats {
    readonly stats: { readonly timings: { readonly evalTotalTime: number } };
  }
  const { stats } = await client.data<Stats>('query', { ...parameters, stats: 'all' });
  return stats.timings.evalTotalTime * 1000;
}

function ratio(theirs: number, ours: number): string {
  return `${(theirs / ours).toFixed(1)} x`;
}

/** Through the store's own writer, so that a program that is started on the folder has it all in memory, too. */
async function load(folder: string, data: readonly MetricData[]): Promise<MemoryStore> {
  const store = await openMetricStore({
    ...{ retentionMs: 3_600_000, budgetBytes: 2 ** 30, clock: systemClock, logger: quiet },
    history: { folder, rawMs: forever, rollupMs: forever },
  });
  const series = data.map((each) => each.series);
  for (let i = 0; i < seconds; i++) {
    const values = Float64Array.from(data, (each) => each.values[i] as number);
    store.memory.accept({ at: data[0]?.times[i] as number, series, values });
    store.flush();
    if (i % 20 === 19) await store.settled();
  }
  await store.stop();
  return store.memory;
}

/** 5,000 gauges, 4,000 counters and 100 histograms of ten buckets. No two gauges have the same value, so that topk has one answer. */
function market(endMs: number): readonly MetricData[] {
  const times = Float64Array.from({ length: seconds }, (_, i) => endMs - (seconds - 1 - i) * 1000);
  const of = (
    name: string,
    labels: Readonly<Record<string, string>>,
    value: (second: number) => number,
  ): MetricData => ({
    series: {
      labels: Labels.of({ __name__: name, instance: 'bench', job: 'bench', ...labels }),
      metric: { otelName: name, name, type: name === 'price' ? 'gauge' : 'counter', unit: '', description: '' },
    },
    times,
    values: Float64Array.from(times, (_, second) => value(second)),
  });
  const all: MetricData[] = [];
  for (let e = 0; e < 10; e++) {
    const exchange = `e${e}`;
    for (let s = 0; s < 500; s++) {
      const i = e * 500 + s;
      const labels = { exchange, symbol: `S${s}` };
      all.push(of('price', labels, (second) => 100 + ((second * 31 + i * 17) % 1000) / 100 + i * 1e-6));
      if (s < 400) all.push(of('trades_total', labels, (second) => second * (1 + (i % 7))));
    }
    for (let s = 0; s < 10; s++) {
      for (let b = 0; b < 10; b++) {
        const labels = { exchange, symbol: `S${s}`, le: b === 9 ? '+Inf' : String(2 ** b / 1000) };
        all.push(of('latency_seconds_bucket', labels, (second) => second * (b + 1) * (1 + ((e + s) % 5))));
      }
    }
  }
  return all;
}

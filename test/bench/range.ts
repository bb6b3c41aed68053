import { join } from 'node:path';
import { openMetricStore } from '@tapewatch/metric-store';
import { Labels, systemClock } from '@tapewatch/model';
import { scratchFolder } from '../support/scratch.js';
import { ApiClient, medianMs } from './api-client.js';
import { differenceOf, type ApiData } from './compare-answers.js';
import { loadAverage } from './load-average.js';
import type { Benchmark } from './main.js';
import { generatedData, type MetricData } from './metric-data.js';
import { blocksWritten, startPeerPrometheus } from './peer-prometheus.js';
import { quiet } from './quiet.js';
import { remoteWrite } from './remote-write.js';
import { serveFolder } from './serve-folder.js';

const reps = Number(process.env['BENCH_REPS'] ?? 41);
const [hourMs, dayMs] = [3_600_000, 86_400_000];
const forever = dayMs * 365 * 100;
/** A Prometheus takes nothing that is an hour older than the newest it has. */
const sliceMs = 1_800_000;
/** Between two samples of the seven days; 1 takes minutes to fill. */
const longStepMs = 1000 * Number(process.env['BENCH_LONG_STEP'] ?? 10);
const longSeries = 5;

/** Range queries over HTTP of what is on the disk, of the real program and of the real Prometheus. */
export const range: Benchmark = {
  what: 'range queries over HTTP from disk (1,000 series x 1 h, 5 x 7 d) beside the real Prometheus; medians of BENCH_REPS (41)',
  async run() {
    const data = generate();
    const [peer, folder] = [await startPeerPrometheus(), await scratchFolder()];
    const ends: (() => unknown)[] = [() => folder.remove(), () => peer.stop()];
    try {
      process.stderr.write('loading Prometheus ...\n');
      await loadPrometheus(peer.url, data);
      process.stderr.write('loading Tapewatch ...\n');
      await loadTapewatch(join(folder.path, 'metrics'), data);
      const program = await serveFolder(folder.path);
      ends.push(() => program.stop());
      const [ours, theirs] = [program.client, new ApiClient(peer.url)];
      ends.push(() => theirs.close());
      process.stderr.write('waiting for the blocks of Prometheus ...\n');
      await blocksWritten(peer.url, data.endMs);
      const figures: Record<string, string> = {};
      for (const [name, parameters] of Object.entries(queriesOf(data)))
        figures[name] = await compare(name, parameters, ours, theirs);
      return { ...figures, 'load average': loadAverage() };
    } finally {
      for (const end of ends.reverse()) await end();
    }
  },
};

interface RangeData {
  readonly endMs: number;
  /** One hour, some hours ago. */
  readonly hour: { readonly startMs: number; readonly data: readonly MetricData[] };
  /** All of the time. */
  readonly long: readonly MetricData[];
}

interface RangeQuery {
  readonly [name: string]: string | number;
}

function queriesOf({ endMs, hour }: RangeData): Readonly<Record<string, RangeQuery>> {
  const ofHour = { start: hour.startMs / 1000, end: hour.startMs / 1000 + 3599, step: 15 };
  const one = hour.data[0]?.series.labels.get('symbol') ?? '';
  return {
    'one series, 1 h, step 15 s': { query: `exchange_ticker_last{symbol="${one}"}`, ...ofHour },
    'sum by, 1,000 series, 1 h, step 15 s': { query: 'sum by (venue) ({instance="bench"})', ...ofHour },
    'sum by of rate, 200 series, 1 h, 15 s': { query: 'sum by (venue) (rate(messages_total[1m]))', ...ofHour },
    'one series, 7 d, step 1 min': {
      ...{ query: 'long_price{i="0"}', start: (endMs - 7 * dayMs) / 1000, end: endMs / 1000, step: 60 },
    },
    'one series, 6 d, step 1 min': {
      ...{ query: 'long_price{i="0"}', start: (endMs - 6 * dayMs) / 1000, end: endMs / 1000, step: 60 },
    },
  };
}

/** Both warm: a program that has served for a while has its loops compiled. */
async function compare(name: string, parameters: RangeQuery, ours: ApiClient, theirs: ApiClient): Promise<string> {
  const answers = [
    await ours.data<ApiData>('query_range', parameters),
    await theirs.data<ApiData>('query_range', parameters),
  ] as const;
  const difference = differenceOf(...answers);
  const [warmUps, count] = name.startsWith('one') ? [300, reps * 5] : [40, reps];
  const here = await medianMs(count, () => ours.text('query_range', parameters), warmUps);
  const there = await medianMs(count, () => theirs.text('query_range', parameters), warmUps);
  const points = answers[0].result.reduce((sum, { values }) => sum + (values?.length ?? 0), 0);
  return [
    `${here.toFixed(2)} ms, Prometheus ${there.toFixed(2)} ms: ${(there / here).toFixed(1)} x`,
    difference === undefined ? `${points} points, the same` : `DIFFERENT: ${difference}`,
  ].join('; ');
}

/** Seven days and two hours long, up to the last whole minute. */
function generate(): RangeData {
  const endMs = Math.floor(Date.now() / 60_000) * 60_000;
  const startMs = endMs - 7 * dayMs - 2 * hourMs;
  const hourStartMs = Math.floor(endMs / hourMs) * hourMs - 6 * hourMs;
  const all: number[] = [];
  const inHour = (at: number): boolean => at >= hourStartMs && at < hourStartMs + hourMs;
  for (let at = startMs; at <= endMs; at += inHour(at) ? 1000 : longStepMs) all.push(at);
  const times = Float64Array.from(all);
  const long = Array.from({ length: longSeries }, (_, i): MetricData => {
    const metric = { otelName: 'long_price', name: 'long_price', type: 'gauge', unit: '', description: '' } as const;
    const series = { metric, labels: Labels.of({ __name__: 'long_price', i: String(i) }) };
    return { series, times, values: times.map((at) => priceAt(i, at / 1000)) };
  });
  return { endMs, long, hour: { startMs: hourStartMs, data: generatedData(1000, hourStartMs) } };
}

/** Two decimals; moves every other second, around a wave of two hours. */
function priceAt(i: number, second: number): number {
  const turn = Math.imul(i * 7919 + Math.floor(second / 2), 2654435761) >>> 0;
  return (100_000 + Math.round(500 * Math.sin(second / 1146)) + (turn % 97)) / 100;
}

async function loadPrometheus(url: string, { long, hour }: RangeData): Promise<void> {
  const times = long[0]?.times ?? new Float64Array();
  let hourWritten = 0;
  let end = 0;
  for (let i = 0; i < times.length; i = end) {
    while (end < times.length && (times[end] as number) < (times[i] as number) + sliceMs) end++;
    await remoteWrite(url, long, i, end);
    const upTo = Math.min(3600, ((times[end - 1] as number) - hour.startMs) / 1000 + 1);
    if (upTo > hourWritten) await remoteWrite(url, hour.data, hourWritten, upTo);
    hourWritten = Math.max(hourWritten, upTo);
  }
}

async function loadTapewatch(folder: string, { long, hour }: RangeData): Promise<void> {
  const store = await openMetricStore({
    ...{ retentionMs: 60_000, budgetBytes: 2 ** 30, clock: systemClock, logger: quiet },
    history: { folder, rawMs: forever, rollupMs: forever },
  });
  const times = long[0]?.times ?? new Float64Array();
  const longOnly = long.map(({ series }) => series);
  const all = [...longOnly, ...hour.data.map(({ series }) => series)];
  for (const [i, at] of times.entries()) {
    const second = (at - hour.startMs) / 1000;
    const full = second >= 0 && second < 3600;
    const values = new Float64Array(full ? all.length : longOnly.length);
    for (const [s, each] of long.entries()) values[s] = each.values[i] as number;
    if (full) for (const [s, each] of hour.data.entries()) values[longSeries + s] = each.values[second] as number;
    store.memory.accept({ at, series: full ? all : longOnly, values });
    store.flush();
    if (i % 100 === 99) await store.settled();
  }
  await store.settled();
  await store.stop();
}

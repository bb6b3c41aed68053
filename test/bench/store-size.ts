import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isStale, systemClock, type Series } from '@tapewatch/model';
import { openMetricStore, type MetricStore } from '@tapewatch/metric-store';
import { createMatcher, SampleBuffer } from '@tapewatch/promql';
import { scratchFolder } from '../support/scratch.js';
import type { Benchmark } from './main.js';
import { dataOfFile, generatedData, type MetricData } from './metric-data.js';
import { quiet } from './quiet.js';

const hourMs = 3_600_000;
const forever = hourMs * 24 * 365 * 100;
/** Ticks between two waits for the disk. */
const atOnce = 100;
/** What an hour of history takes on the disk, and whether it comes back bit by bit. */
export const storeSize: Benchmark = {
  what: 'bytes a sample of the history on disk: 1,000 series for 1 h, or --input FILE (JSON lines: metric, values, timestamps)',
  async run(args) {
    const at = args.indexOf('--input');
    const startMs = Math.floor(Date.now() / hourMs) * hourMs - 2 * hourMs;
    const data = at < 0 ? generatedData(1000, startMs) : await dataOfFile(args[at + 1] ?? '');
    const folder = await scratchFolder();
    const began = performance.now();
    try {
      const writing = await open(folder.path, forever);
      await feed(writing, data);
      await writing.stop();
      const stored = performance.now();
      // With a memory that holds none of it.
      const reading = await open(folder.path, 60_000);
      const exact = await comesBack(reading, data);
      await reading.stop();
      const samples = data.reduce((sum, { times }) => sum + times.length, 0);
      const [raw, rollup] = [await sizeOf(folder.path, 'raw-'), await sizeOf(folder.path, 'rollup-')];
      return {
        'chunks and index, bytes a sample': (raw / samples).toFixed(3),
        'rollups, bytes a sample': (rollup / samples).toFixed(3),
        exact: exact ? 'every bit' : 'NO',
        samples,
        series: data.length,
        'chunks and index, bytes': raw,
        'rollups, bytes': rollup,
        'seconds to store': ((stored - began) / 1000).toFixed(1),
      };
    } finally {
      await folder.remove();
    }
  },
};

function open(folder: string, retentionMs: number): Promise<MetricStore> {
  return openMetricStore({
    retentionMs,
    budgetBytes: 2 ** 33,
    history: { folder, rawMs: forever, rollupMs: forever },
    clock: systemClock,
    logger: quiet,
  });
}

/** As ticks where all series have the same times, else as samples that are pushed; then on until the last hour is closed. */
async function feed({ memory, flush, settled }: MetricStore, data: readonly MetricData[]): Promise<void> {
  const first = data[0]?.times ?? new Float64Array();
  const alike = data.every(({ times }) => times === first || times.every((time, i) => time === first[i]));
  const times = alike ? first : allTimes(data);
  const places = new Map<Series, number>();
  const values = new Float64Array(data.length);
  const series = data.map((each) => each.series);
  for (const [i, at] of times.entries()) {
    if (alike) {
      data.forEach((each, s) => values.set(each.values.subarray(i, i + 1), s));
      memory.accept({ at, series, values });
    } else {
      for (const each of data) push(memory, each, places, at);
      memory.accept({ at, series: [], values: [] });
    }
    flush();
    if (i % atOnce === atOnce - 1) await settled();
  }
  const last = times.at(-1) ?? 0;
  memory.accept({ at: (Math.floor(last / hourMs) + 1) * hourMs, series: [], values: [] });
  flush();
  await settled();
}

function push(
  memory: MetricStore['memory'],
  { series, times, values }: MetricData,
  places: Map<Series, number>,
  at: number,
): void {
  const i = places.get(series) ?? 0;
  if (times[i] !== at) return;
  memory.append(series, at, values[i] as number);
  places.set(series, i + 1);
}

function allTimes(data: readonly MetricData[]): Float64Array {
  return Float64Array.from(new Set(data.flatMap(({ times }) => [...times]))).sort();
}

async function comesBack({ history }: MetricStore, data: readonly MetricData[]): Promise<boolean> {
  const buffer = new SampleBuffer(4096);
  for (const name of new Set(data.map(({ series }) => series.labels.get('__name__')))) {
    const matchers = [createMatcher('__name__', '=', name)];
    const source = await history.source([matchers], -1, Number.MAX_SAFE_INTEGER / 1024, 'raw');
    const readers = new Map([...source.select(matchers, -1, Infinity)].map((reader) => [reader.labels.key, reader]));
    for (const { series, times, values } of data) {
      if (series.labels.get('__name__') !== name) continue;
      buffer.clear();
      readers.get(series.labels.key)?.window(-1, Infinity, buffer);
      if (!sameBits(buffer, times, values)) return false;
    }
  }
  return true;
}

function sameBits(found: SampleBuffer, times: Float64Array, values: Float64Array): boolean {
  const wanted = new BigUint64Array(values.buffer, values.byteOffset, values.length);
  const bits = new BigUint64Array(found.values.buffer);
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    if (isStale(values, i)) continue;
    if (at >= found.length || found.times[at] !== times[i] || bits[at] !== wanted[i]) return false;
    at++;
  }
  return at === found.length;
}

async function sizeOf(folder: string, prefix: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

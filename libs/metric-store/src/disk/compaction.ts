import type { Samples } from '../codec/samples.ts';
import { MinuteColumns } from '../history/minute-summary.ts';
import type { DayFile } from './day-file.ts';
import { gatherTicks } from './gather-ticks.ts';
import type { HeadFile } from './head-file.ts';
import type { HistoryFiles } from './history-files.ts';
import { blockKey, blockMs, closedUntil, dayMs, hourKey, hourMs, pageOf, rawMarginMs, startOf } from './layout.ts';
import { mergeSamples } from './merge-samples.ts';
import { decodeHour, encodeBlock, encodeHour } from './page-row.ts';
import { encodeRollup } from './rollup-row.ts';
import { withoutStale } from './stale-marker.ts';
import { decodeTotals, encodeTotals, totalOf, type Totals } from './totals-row.ts';

export interface CompactionOptions {
  /** Blocks are kept so long, so that a start finds what memory shall hold in one place. */
  readonly keepBlocksMs: number;
  readonly rawMs: number;
  readonly rollupMs: number;
}

/**
 * Brings the files up to date with what has passed by `nowMs`: ticks to blocks, hours to the files of their days, old days away. Can be
 * ended after any step, by a crash, too, and begun again. Yields between steps of some tens of milliseconds.
 */
export function* compact(files: HistoryFiles, options: CompactionOptions, nowMs: number): Generator<void> {
  for (const bucket of files.head.bucketsToCut(nowMs)) yield* cutBlocks(files.head, bucket);
  const closed = files.head.fact(closedUntil);
  for (const [hour, pages] of files.head.late()) yield* closeHour(files, hour, pages);
  for (const hour of hoursToClose(files.head, closed, nowMs)) yield* closeHour(files, hour);
  const keptFrom = Math.min(files.head.fact(closedUntil), nowMs - options.keepBlocksMs);
  files.head.transaction(() => {
    files.head.dropBlocksBefore(keptFrom);
    files.head.dropSeriesUnseenSince(keptFrom - hourMs);
  });
  const rawFrom = nowMs - options.rawMs - rawMarginMs;
  for (const day of files.days('raw')) if (day + dayMs <= rawFrom) files.drop('raw', day);
  for (const day of files.days('rollup')) if (day + dayMs <= nowMs - options.rollupMs) files.drop('rollup', day);
}

/** Whether `compact` has anything to do. */
export function isDue(lastCompactedMs: number, nowMs: number): boolean {
  return Math.floor(nowMs / blockMs) > Math.floor(lastCompactedMs / blockMs);
}

function* cutBlocks(head: HeadFile, bucket: number): Generator<void> {
  const [fromMs, toMs] = [bucket * blockMs, (bucket + 1) * blockMs];
  const samples = yield* gatherTicks(head, fromMs, toMs);
  const seconds = head.seconds(bucket)?.slice() ?? new Uint8Array(blockMs / 1000);
  for (const at of head.tickTimes(fromMs, toMs)) seconds[Math.floor((at - fromMs) / 1000)] = 1;
  const blocks: { readonly bucket: number; readonly page: number; readonly data: Uint8Array }[] = [];
  for (const [page, ids] of grouped(samples.keys())) {
    for (const [own, ofBucket] of byBucket(ids, samples)) {
      const merged = head.block(own, page);
      for (const [id, part] of ofBucket) merged.set(id, mergeSamples(merged.get(id), part));
      blocks.push({ bucket: own, page, data: encodeBlock(blockKey(own, page), own * blockMs, merged) });
    }
    yield;
  }
  const closed = head.fact(closedUntil);
  head.transaction(() => {
    for (const { bucket: own, page, data } of blocks) {
      head.addBlock(own, page, data);
      if (own * blockMs < closed) head.addLate(startOf(own * blockMs, hourMs), page);
    }
    head.setSeconds(bucket, seconds);
    head.sawSeries(samples.keys(), fromMs);
    head.dropTicks(fromMs, toMs);
  });
}

/** Pushed samples may belong to an earlier block than the tick that they came with. */
function byBucket(ids: readonly number[], samples: ReadonlyMap<number, Samples>): Map<number, Map<number, Samples>> {
  const buckets = new Map<number, Map<number, Samples>>();
  for (const id of ids) {
    const { times, values } = samples.get(id) as Samples;
    for (let from = 0, to = 0; from < times.length; from = to) {
      const bucket = Math.floor((times[from] as number) / blockMs);
      while (to < times.length && (times[to] as number) < (bucket + 1) * blockMs) to++;
      const part = { times: times.subarray(from, to), values: values.subarray(from, to) };
      const known = buckets.get(bucket);
      if (known === undefined) buckets.set(bucket, new Map([[id, part]]));
      else known.set(id, part);
    }
  }
  return buckets;
}

function hoursToClose(head: HeadFile, closed: number, nowMs: number): readonly number[] {
  const hours = head.blockKeys(closed, startOf(nowMs, hourMs)).map(({ bucket }) => startOf(bucket * blockMs, hourMs));
  return [...new Set(hours)];
}

/** Of a whole hour, or, once more, of some pages of it. */
function* closeHour(files: HistoryFiles, hourStartMs: number, latePages?: readonly number[]): Generator<void> {
  const dayStartMs = startOf(hourStartMs, dayMs);
  const day = (kind: 'raw' | 'rollup'): DayFile => files.day(kind, dayStartMs, true) as DayFile;
  const { head } = files;
  const blocks = head.blockKeys(hourStartMs, hourStartMs + hourMs);
  const totals = new Map(totalsThere(files, day('rollup'), hourStartMs).map((total) => [total.id, total]));
  let samples = day('raw').samplesOf(hourStartMs);
  for (const page of new Set(latePages ?? blocks.map((block) => block.page))) {
    const ofPage = blocks.filter((block) => block.page === page);
    const days = { raw: day('raw'), rollup: day('rollup') };
    const written = writePage(files, days, hourStartMs, page, readBlocks(head, ofPage));
    samples += written.added;
    for (const total of written.totals) totals.set(total.id, total);
    yield;
  }
  const seconds = secondsOfHour(head, hourStartMs, day('rollup').seconds(hourStartMs));
  day('raw').writeHour(hourStartMs, { seconds, samples });
  day('rollup').writeHour(hourStartMs, { seconds, samples, totals: encodeTotals(hourStartMs, [...totals.values()]) });
  for (const kind of ['raw', 'rollup'] as const) day(kind).checkpoint();
  head.transaction(() => {
    head.setFact(closedUntil, Math.max(head.fact(closedUntil), hourStartMs + hourMs));
    head.dropLate(hourStartMs);
  });
}

function totalsThere(files: HistoryFiles, rollup: DayFile, hourStartMs: number): readonly Totals[] {
  const row = rollup.totals(hourStartMs);
  if (row === undefined) return [];
  try {
    return decodeTotals(hourStartMs, row);
  } catch {
    files.rowDamaged(rollup.path);
    return [];
  }
}

function readBlocks(
  head: HeadFile,
  blocks: readonly { readonly bucket: number; readonly page: number }[],
): Map<number, Samples> {
  const all = new Map<number, Samples>();
  for (const { bucket, page } of blocks) {
    for (const [id, samples] of head.block(bucket, page)) all.set(id, mergeSamples(all.get(id), samples));
  }
  return all;
}

function writePage(
  files: HistoryFiles,
  { raw, rollup }: { readonly raw: DayFile; readonly rollup: DayFile },
  hourStartMs: number,
  page: number,
  samples: Map<number, Samples>,
): { readonly added: number; readonly totals: readonly Totals[] } {
  const key = hourKey(hourStartMs, page);
  const there = raw.row(hourStartMs, page);
  let before = 0;
  if (there !== undefined) {
    // From before a clock was set back, or a crash between these files and the head.
    for (const [id, old] of readHour(files, key, hourStartMs, there)) {
      before += old.times.length;
      samples.set(id, mergeSamples(old, samples.get(id) ?? { times: new Float64Array(), values: new Float64Array() }));
    }
  }
  const ordered = new Map([...samples].sort(([a], [b]) => a - b));
  const minutes = new Map<number, MinuteColumns>();
  for (const [id, all] of ordered) {
    const numbers = withoutStale(all);
    if (numbers.times.length === 0) continue;
    const columns = new MinuteColumns();
    columns.addSamples(numbers.times, numbers.values, numbers.times.length);
    minutes.set(id, columns);
  }
  const series = files.head.seriesOf(ordered.keys());
  raw.transaction(() => {
    raw.addSeries(page, series);
    raw.writeRow(hourStartMs, page, encodeHour(key, hourStartMs, ordered));
  });
  rollup.transaction(() => {
    rollup.addSeries(
      page,
      series.filter(({ id }) => minutes.has(id)),
    );
    rollup.writeRow(hourStartMs, page, encodeRollup(key, hourStartMs, minutes));
  });
  return {
    added: [...ordered.values()].reduce((sum, { times }) => sum + times.length, -before),
    totals: [...minutes].flatMap(([id, columns]) => totalOf(id, columns) ?? []),
  };
}

function readHour(files: HistoryFiles, key: number, hourStartMs: number, row: Uint8Array): Map<number, Samples> {
  const damaged = (): void => files.rowDamaged(new Date(hourStartMs).toISOString());
  try {
    return decodeHour(key, hourStartMs, row, { damaged });
  } catch {
    damaged();
    return new Map();
  }
}

function secondsOfHour(head: HeadFile, hourStartMs: number, there: Uint8Array | undefined): Uint8Array {
  const seconds = there?.slice() ?? new Uint8Array(hourMs / 1000);
  for (let at = hourStartMs; at < hourStartMs + hourMs; at += blockMs) {
    head.seconds(at / blockMs)?.forEach((had, i) => {
      if (had === 1) seconds[(at - hourStartMs) / 1000 + i] = 1;
    });
  }
  return seconds;
}

export function grouped(ids: Iterable<number>): Map<number, number[]> {
  const pages = new Map<number, number[]>();
  for (const id of ids) {
    const known = pages.get(pageOf(id));
    if (known === undefined) pages.set(pageOf(id), [id]);
    else known.push(id);
  }
  for (const page of pages.values()) page.sort((a, b) => a - b);
  return pages;
}

import type { Samples } from '../codec/samples.ts';
import { MinuteColumns, type MinuteArrays } from '../history/minute-summary.ts';
import { Budget } from './budget.ts';
import { grouped } from './compaction.ts';
import { gatherTicks } from './gather-ticks.ts';
import { onGrid, type Grid } from './grid.ts';
import type { HeadFile } from './head-file.ts';
import type { HistoryFiles } from './history-files.ts';
import { blockMs, closedUntil, dayMs, hourKey, hourMs, startOf, type DayKind } from './layout.ts';
import { cutSamples, mergeSamples } from './merge-samples.ts';
import { readRawDay } from './raw-day.ts';
import { decodeRollup } from './rollup-row.ts';
import { withoutStale } from './stale-marker.ts';
import { addTotals, decodeTotals, totalOf, type Totals } from './totals-row.ts';

/** `total`: what all minutes come to, in one. */
export type ReadKind = DayKind | 'total';

export interface ReadRequest {
  readonly kind: ReadKind;
  /** (fromMs, toMs] of raw samples, [fromMs, toMs) of minutes and totals. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly parts: readonly { readonly dayStartMs?: number; readonly ids: readonly number[] }[];
  readonly maxSamples: number;
  /** Of raw samples, those alone that are the newest at some time of the grid. All that were looked at count as read. */
  readonly grid?: Grid;
}

export interface ReadSeries {
  /** Of `ReadRequest.parts`. */
  readonly part: number;
  readonly id: number;
  readonly raw?: Samples;
  readonly minutes?: MinuteArrays;
  readonly total?: Totals;
}

/** Reads series that a catalog named. Yields now and then. Throws TooMuchError. */
export function readSeries(files: HistoryFiles, request: ReadRequest): Generator<void, readonly ReadSeries[]> {
  return files.retriedSteps(() => readOnce(files, request));
}

function* readOnce(files: HistoryFiles, request: ReadRequest): Generator<void, readonly ReadSeries[]> {
  const closed = files.head.fact(closedUntil);
  const budget = new Budget(request.maxSamples);
  const found: ReadSeries[] = [];
  for (const [part, { dayStartMs, ids }] of request.parts.entries()) {
    if (ids.length === 0) continue;
    let series: Map<number, Found>;
    if (dayStartMs === undefined) series = yield* readHead(files.head, request, ids, closed, budget);
    else if (request.kind === 'total') series = yield* totalDay(files, request, dayStartMs, ids, closed);
    else if (request.kind === 'raw') series = yield* readRawOfDay(files, request, dayStartMs, ids, closed, budget);
    else series = yield* readMinutesOfDay(files, request, dayStartMs, ids, closed, budget);
    for (const [id, each] of series) found.push({ part, id, ...each });
  }
  return found;
}

type Found = Omit<ReadSeries, 'part' | 'id'>;

function* readMinutesOfDay(
  files: HistoryFiles,
  { fromMs, toMs }: ReadRequest,
  dayStartMs: number,
  ids: readonly number[],
  closed: number,
  budget: Budget,
): Generator<void, Map<number, Found>> {
  const minutes = new Map<number, MinuteColumns>();
  const first = Math.max(dayStartMs, startOf(fromMs, hourMs));
  const end = Math.min(dayStartMs + dayMs, closed, toMs + 1);
  const hours: number[] = [];
  for (let hour = first; hour < end; hour += hourMs) hours.push(hour);
  for (const [page, wantedIds] of grouped(ids)) {
    const wanted = new Set(wantedIds);
    const rows = files.guarded(
      () => files.day('rollup', dayStartMs)?.rowsOf(page, hours) ?? new Map<number, Uint8Array>(),
      () => new Map<number, Uint8Array>(),
    );
    yield;
    for (const hour of hours) {
      const row = rows.get(hour);
      if (row !== undefined) readRollupRow(files, { hour, page, row, wanted, fromMs, toMs, budget, minutes });
    }
  }
  return new Map([...minutes].map(([id, columns]) => [id, { minutes: columns.trimmed() }]));
}

function* readRawOfDay(
  files: HistoryFiles,
  { fromMs, toMs, grid }: ReadRequest,
  dayStartMs: number,
  ids: readonly number[],
  closed: number,
  budget: Budget,
): Generator<void, Map<number, Found>> {
  const request = { dayStartMs, ids, fromMs, toMs, closed, budget };
  const found = yield* readRawDay(files, grid === undefined ? request : { ...request, grid });
  return new Map([...found].map(([id, raw]) => [id, { raw }]));
}

/** Whole hours from their totals, parts of hours from their minutes. */
function* totalDay(
  files: HistoryFiles,
  { fromMs, toMs }: ReadRequest,
  dayStartMs: number,
  ids: readonly number[],
  closed: number,
): Generator<void, Map<number, Found>> {
  const wanted = new Set(ids);
  const found = new Map<number, Totals>();
  const end = Math.min(dayStartMs + dayMs, closed, toMs);
  for (let hour = Math.max(dayStartMs, startOf(fromMs, hourMs)); hour < end; hour += hourMs) {
    const whole = hour >= fromMs && hour + hourMs <= toMs;
    const totals = whole
      ? totalsOfHour(files, dayStartMs, hour)
      : yield* totalsOfMinutes(files, dayStartMs, hour, wanted, fromMs, toMs);
    for (const total of totals) {
      if (!wanted.has(total.id)) continue;
      const known = found.get(total.id);
      if (known === undefined) found.set(total.id, { ...total });
      else addTotals(known, total);
    }
    yield;
  }
  return new Map([...found].map(([id, total]) => [id, { total }]));
}

/** Of every series that has samples in the hour. */
export function totalsOfHour(files: HistoryFiles, dayStartMs: number, hour: number): readonly Totals[] {
  const row = files.guarded(
    () => files.day('rollup', dayStartMs)?.totals(hour),
    () => undefined,
  );
  if (row === undefined) return [];
  try {
    return decodeTotals(hour, row);
  } catch {
    files.rowDamaged(`${new Date(hour).toISOString()} of the totals`);
    return [];
  }
}

function* totalsOfMinutes(
  files: HistoryFiles,
  dayStartMs: number,
  hour: number,
  wanted: ReadonlySet<number>,
  fromMs: number,
  toMs: number,
): Generator<void, readonly Totals[]> {
  const minutes = new Map<number, MinuteColumns>();
  const budget = new Budget(Infinity);
  for (const page of grouped(wanted).keys()) {
    const row = files.guarded(
      () => files.day('rollup', dayStartMs)?.row(hour, page),
      () => undefined,
    );
    if (row !== undefined) readRollupRow(files, { hour, page, row, wanted, fromMs, toMs, budget, minutes });
    yield;
  }
  return [...minutes].flatMap(([id, columns]) => totalOf(id, columns) ?? []);
}

interface RowRequest {
  readonly hour: number;
  readonly page: number;
  readonly row: Uint8Array;
  readonly wanted: ReadonlySet<number>;
  readonly fromMs: number;
  readonly toMs: number;
  readonly budget: Budget;
}

function readRollupRow(
  files: HistoryFiles,
  request: RowRequest & { readonly minutes: Map<number, MinuteColumns> },
): void {
  const { hour, page, row, wanted, fromMs, toMs, budget, minutes } = request;
  let page_: Map<number, MinuteColumns>;
  try {
    page_ = decodeRollup(hourKey(hour, page), hour, row, wanted);
  } catch {
    files.rowDamaged(`${new Date(hour).toISOString()} of the minutes`);
    return;
  }
  for (const [id, columns] of page_) {
    const all = minutes.get(id) ?? new MinuteColumns();
    const before = all.length;
    all.addMinutes(columns, fromMs, toMs);
    budget.spend(all.length - before);
    if (all.length > 0) minutes.set(id, all);
  }
}

function* readHead(
  head: HeadFile,
  { kind, fromMs, toMs, grid }: ReadRequest,
  ids: readonly number[],
  closed: number,
  budget: Budget,
): Generator<void, Map<number, Found>> {
  // [first, end) in whole milliseconds.
  const first = Math.max(closed, kind === 'raw' ? fromMs + 1 : fromMs);
  const end = kind === 'raw' ? toMs + 1 : toMs;
  const found = new Map<number, Samples>();
  if (end <= first) return new Map();
  const wanted = new Set(ids);
  const pages = new Set(grouped(ids).keys());
  const take = (id: number, samples: Samples): void => {
    if (!wanted.has(id)) return;
    const cut = cutSamples(samples, first - 1, end - 1);
    if (cut.times.length === 0) return;
    budget.spend(cut.times.length);
    found.set(id, mergeSamples(found.get(id), cut));
  };
  for (const { bucket, page } of head.blockKeys(first, end)) {
    if (!pages.has(page)) continue;
    for (const [id, samples] of head.block(bucket, page)) take(id, samples);
    yield;
  }
  // A pushed sample may have come long after its time.
  for (const [id, samples] of yield* gatherTicks(head, 0, Infinity, wanted)) take(id, samples);
  return new Map(
    [...found].map(([id, samples]) => [id, kind === 'raw' ? { raw: onGrid(samples, grid) } : minutesOf(samples)]),
  );
}

function minutesOf(samples: Samples): Found {
  const { times, values } = withoutStale(samples);
  const columns = new MinuteColumns();
  columns.addSamples(times, values, times.length);
  return { minutes: columns.trimmed() };
}

/** How many seconds of [fromMs, toMs) had a tick. */
export function countSeconds(files: HistoryFiles, fromMs: number, toMs: number): number {
  return files.retried(() => countOnce(files, fromMs, toMs));
}

function countOnce(files: HistoryFiles, fromMs: number, toMs: number): number {
  const { head } = files;
  const closed = head.fact(closedUntil);
  let count = 0;
  const add = (seconds: Uint8Array | undefined, startMs: number): void => {
    if (seconds === undefined) return;
    for (let i = 0; i < seconds.length; i++) {
      const at = startMs + i * 1000;
      if (seconds[i] === 1 && at >= fromMs && at < toMs) count++;
    }
  };
  for (const day of files.days('rollup')) {
    if (day + dayMs <= fromMs || day >= toMs) continue;
    for (let hour = day; hour < Math.min(day + dayMs, closed, toMs); hour += hourMs) {
      if (hour + hourMs <= fromMs) continue;
      const seconds = files.guarded(
        () => files.day('rollup', day)?.seconds(hour),
        () => undefined,
      );
      add(seconds, hour);
    }
  }
  const open = Math.max(fromMs, closed);
  for (let at = startOf(open, blockMs); at < toMs; at += blockMs) if (at >= closed) add(head.seconds(at / blockMs), at);
  const ticks = new Set(head.tickTimes(open, toMs).map((at) => Math.floor(at / 1000)));
  return count + ticks.size;
}

import { ByteReader } from '../codec/byte-reader.ts';
import { readSamples, type Samples } from '../codec/samples.ts';
import type { Budget } from './budget.ts';
import { grouped } from './compaction.ts';
import { wantedOf, type Grid } from './grid.ts';
import type { HistoryFiles } from './history-files.ts';
import { dayMs, hourKey, hourMs, startOf } from './layout.ts';
import { joined } from './merge-samples.ts';
import { hourChunks } from './page-row.ts';

export interface RawDayRequest {
  readonly dayStartMs: number;
  readonly ids: readonly number[];
  /** (fromMs, toMs]; from `closed` on the head has it. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly closed: number;
  readonly grid?: Grid;
  readonly budget: Budget;
}

/** So many chunks between two turns of other work: some milliseconds. */
const chunksAtOnce = 100;

/** Samples of one day, by series id, from the cache and, all hours of a page at once, from the file. */
export function* readRawDay(files: HistoryFiles, request: RawDayRequest): Generator<void, Map<number, Samples>> {
  const { dayStartMs, ids, fromMs, toMs, closed } = request;
  const first = Math.max(dayStartMs, startOf(fromMs, hourMs));
  const end = Math.min(dayStartMs + dayMs, closed, toMs + 1);
  const hours: number[] = [];
  for (let hour = first; hour < end; hour += hourMs) hours.push(hour);
  const found = new Map<number, Samples[]>();
  let sinceYield = 0;
  for (const [page, wantedIds] of grouped(ids)) {
    const wanted = new Set(wantedIds);
    const rows = files.guarded(
      () => chunksOf(files, dayStartMs, page, hours, wanted),
      () => new Map<number, Map<number, Uint8Array>>(),
    );
    for (const [hour, chunks] of rows) {
      for (const [id, chunk] of chunks) decode(files, request, { hour, id, chunk }, found);
      sinceYield += chunks.size;
      if (sinceYield < chunksAtOnce) continue;
      sinceYield = 0;
      yield;
    }
  }
  yield;
  return new Map([...found].map(([id, parts]) => [id, joined(parts)]));
}

/** Chunks ready to be decoded, by hour, in order of time. */
function chunksOf(
  files: HistoryFiles,
  dayStartMs: number,
  page: number,
  hours: readonly number[],
  wanted: ReadonlySet<number>,
): Map<number, Map<number, Uint8Array>> {
  const day = files.day('raw', dayStartMs);
  if (day === undefined) return new Map();
  const known = hours.map((hour) => files.chunks.find(day.path, hourKey(hour, page), wanted));
  const missing = hours.filter((_, i) => known[i] === undefined);
  const rows = missing.length === 0 ? new Map<number, Uint8Array>() : day.rowsOf(page, missing);
  return new Map(
    hours.map((hour, i) => [hour, known[i] ?? unpackedRow(files, day.path, hour, page, rows.get(hour), wanted)]),
  );
}

function unpackedRow(
  files: HistoryFiles,
  path: string,
  hour: number,
  page: number,
  row: Uint8Array | undefined,
  wanted: ReadonlySet<number>,
): Map<number, Uint8Array> {
  const key = hourKey(hour, page);
  if (row === undefined) {
    files.chunks.keep(path, key, undefined, new Map());
    return new Map();
  }
  let isWhole = true;
  const damaged = (): void => {
    isWhole = false;
    rowDamaged(files, hour);
  };
  try {
    const { ids, chunks } = hourChunks(key, row, { wanted, damaged });
    // What is damaged is told of each time.
    if (isWhole) files.chunks.keep(path, key, ids, chunks);
    return chunks;
  } catch {
    damaged();
    return new Map();
  }
}

function decode(
  files: HistoryFiles,
  { fromMs, toMs, grid, budget }: RawDayRequest,
  { hour, id, chunk }: { readonly hour: number; readonly id: number; readonly chunk: Uint8Array },
  found: Map<number, Samples[]>,
): void {
  let count = 0;
  let samples: Samples;
  try {
    samples = readSamples(new ByteReader(chunk), hour, (times) => {
      const wanted = wantedOf(times, fromMs, toMs, grid);
      count = wanted.count;
      return wanted.picks;
    });
  } catch {
    rowDamaged(files, hour);
    return;
  }
  if (count === 0) return;
  budget.spend(count);
  const known = found.get(id);
  if (known === undefined) found.set(id, [samples]);
  else known.push(samples);
}

function rowDamaged(files: HistoryFiles, hour: number): void {
  files.rowDamaged(`${new Date(hour).toISOString()} of the raw history`);
}

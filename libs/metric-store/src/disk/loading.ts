import type { MinuteArrays } from '../history/minute-summary.ts';
import { TooMuchError } from './budget.ts';
import { catalog, type CatalogPart } from './catalog.ts';
import type { Grid } from './grid.ts';
import type { HistoryFiles } from './history-files.ts';
import { readSeries, type ReadKind, type ReadRequest, type ReadSeries } from './reading.ts';
import type { Term } from './series-catalog.ts';
import type { ToldSeries } from './told-series.ts';

/** A question that the storage worker answers by itself. */
export interface LoadRequest {
  readonly kind: ReadKind;
  /** As in ReadRequest. */
  readonly fromMs: number;
  readonly toMs: number;
  /** A series is wanted when it fits all terms of one of them. */
  readonly selectors: readonly (readonly Term[])[];
  readonly maxSeries: number;
  readonly maxSamples: number;
  readonly grid?: Grid;
}

/** Samples of many series in two arrays, so that they go to the other thread as two: one after the other, each up to its end. */
export interface PackedSamples {
  readonly ids: Float64Array;
  readonly ends: Float64Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export interface LoadAnswer {
  readonly told: ToldSeries;
  readonly raw: PackedSamples;
  /** Minutes and totals. */
  readonly others: readonly ReadSeries[];
}

/** Which series there are, before they are read. */
export interface FindAnswer {
  readonly told: ToldSeries;
  /** `dayStartMs` absent: of the head. */
  readonly parts: readonly { readonly dayStartMs?: number; readonly ids: readonly number[] }[];
}

export interface Loaded {
  readonly parts: readonly CatalogPart[];
  readonly found: readonly ReadSeries[];
}

/** Finds series and reads them. Throws TooMuchError. */
export function* load(files: HistoryFiles, request: LoadRequest): Generator<void, Loaded> {
  const { kind, fromMs, toMs, selectors, maxSeries } = request;
  const parts = yield* catalog(files, kind === 'raw' ? 'raw' : 'rollup', fromMs, toMs, selectors);
  checkCount(parts, maxSeries);
  const found = yield* readSeries(files, { ...request, parts: parts.map(idsOf) } satisfies ReadRequest);
  return { parts, found };
}

export function idsOf({ dayStartMs, series }: CatalogPart): FindAnswer['parts'][number] {
  const ids = series.map(({ id }) => id);
  return dayStartMs === undefined ? { ids } : { dayStartMs, ids };
}

/** One label set may have had several ids. */
function checkCount(parts: readonly CatalogPart[], maxSeries: number): void {
  const all = new Map(parts.flatMap(({ series }) => series.map((each) => [each.id, each] as const)));
  if (all.size <= maxSeries) return;
  const different = new Set([...all.values()].map(({ names, values }) => JSON.stringify([names, values])));
  if (different.size > maxSeries) throw new TooMuchError('maxSeries');
}

export function packed(found: readonly ReadSeries[]): PackedSamples {
  const raw = found.filter((each) => each.raw !== undefined);
  const total = raw.reduce((sum, each) => sum + (each.raw?.times.length ?? 0), 0);
  const all = {
    ids: new Float64Array(raw.length),
    ends: new Float64Array(raw.length),
    times: new Float64Array(total),
    values: new Float64Array(total),
  };
  let at = 0;
  for (const [i, { id, raw: samples }] of raw.entries()) {
    if (samples === undefined) continue;
    all.times.set(samples.times, at);
    all.values.set(samples.values, at);
    at += samples.times.length;
    all.ids[i] = id;
    all.ends[i] = at;
  }
  return all;
}

/** What can be handed over to another thread without a copy. */
export function buffersOf({ raw, others }: Omit<LoadAnswer, 'told'>): ArrayBuffer[] {
  const buffers = new Set<ArrayBufferLike>([raw.ids.buffer, raw.ends.buffer, raw.times.buffer, raw.values.buffer]);
  for (const { minutes } of others)
    if (minutes !== undefined) for (const column of columnsOf(minutes)) buffers.add(column.buffer);
  return [...buffers] as ArrayBuffer[];
}

function columnsOf({ startMs, min, max, sum, count, last }: MinuteArrays): readonly Float64Array[] {
  return [startMs, min, max, sum, count, last];
}

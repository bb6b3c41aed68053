import { TooMuchError } from './budget.ts';
import { catalog, type CatalogPart } from './catalog.ts';
import type { HistoryFiles } from './history-files.ts';
import { dayMs, hourMs, startOf } from './layout.ts';
import { readSeries, totalsOfHour } from './reading.ts';
import type { Term } from './series-catalog.ts';

export interface PresentRequest {
  /** Both included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly selectors: readonly (readonly Term[])[];
  /** Absent: more may be found than are wanted in the end. */
  readonly maxSeries?: number;
}

/**
 * Series that fit one of the selectors and have samples in [fromMs, toMs], to the hour: one that has samples in an hour that the time touches may
 * be among them. Throws TooMuchError.
 */
export function* presentSeries(
  files: HistoryFiles,
  { fromMs, toMs, selectors, maxSeries = Infinity }: PresentRequest,
): Generator<void, readonly CatalogPart[]> {
  const minutes = yield* catalog(files, 'rollup', fromMs, toMs, selectors);
  const days = new Set(minutes.map(({ dayStartMs }) => dayStartMs));
  const raw = yield* catalog(files, 'raw', fromMs, toMs, selectors);
  const found: CatalogPart[] = [];
  const ids = new Set<number>();
  for (const part of [...minutes, ...raw.filter(({ dayStartMs }) => !days.has(dayStartMs))]) {
    const there = yield* withSamples(files, part, fromMs, toMs);
    for (const { id } of there.series) ids.add(id);
    if (ids.size > maxSeries) throw new TooMuchError('maxSeries');
    found.push(there);
  }
  return found;
}

function* withSamples(
  files: HistoryFiles,
  part: CatalogPart,
  fromMs: number,
  toMs: number,
): Generator<void, CatalogPart> {
  const { dayStartMs, series } = part;
  if (series.length === 0) return part;
  if (dayStartMs === undefined) {
    const ids = series.map(({ id }) => id);
    const read = { kind: 'rollup', fromMs, toMs: toMs + 1, parts: [{ ids }], maxSamples: Infinity } as const;
    const found = new Set((yield* readSeries(files, read)).map(({ id }) => id));
    return { series: series.filter(({ id }) => found.has(id)) };
  }
  if (fromMs <= dayStartMs && toMs >= dayStartMs + dayMs - 1) return part;
  const found = new Set<number>();
  const end = Math.min(dayStartMs + dayMs, toMs + 1);
  for (let hour = Math.max(dayStartMs, startOf(fromMs, hourMs)); hour < end; hour += hourMs)
    for (const { id } of totalsOfHour(files, dayStartMs, hour)) found.add(id);
  yield;
  return { dayStartMs, series: series.filter(({ id }) => found.has(id)) };
}

import type { HistoryFiles } from './history-files.ts';
import { closedUntil, dayMs, type DayKind, type StoredSeries } from './layout.ts';
import { fits, type Term } from './series-catalog.ts';

/** Series of one file; `dayStartMs` absent: of the head. */
export interface CatalogPart {
  readonly dayStartMs?: number;
  readonly series: readonly StoredSeries[];
}

/** The series that fit all terms of one of the selectors and may have samples in [fromMs, toMs], each once in every file that has it. */
export function catalog(
  files: HistoryFiles,
  ...request: readonly [kind: DayKind, fromMs: number, toMs: number, selectors: readonly (readonly Term[])[]]
): Generator<void, readonly CatalogPart[]> {
  return files.retriedSteps(() => catalogOnce(files, ...request));
}

function* catalogOnce(
  files: HistoryFiles,
  kind: DayKind,
  fromMs: number,
  toMs: number,
  selectors: readonly (readonly Term[])[],
): Generator<void, readonly CatalogPart[]> {
  const parts: CatalogPart[] = [];
  const closed = files.head.fact(closedUntil);
  for (const dayStartMs of files.days(kind)) {
    if (dayStartMs > toMs || dayStartMs + dayMs <= fromMs || dayStartMs >= closed) continue;
    const series = files.guarded<readonly StoredSeries[]>(
      () => seriesOfDay(files, kind, dayStartMs, selectors),
      () => [],
    );
    parts.push({ dayStartMs, series });
    yield;
  }
  if (toMs >= closed) parts.push({ series: seriesOfHead(files, selectors) });
  return parts;
}

function seriesOfDay(
  files: HistoryFiles,
  kind: DayKind,
  dayStartMs: number,
  selectors: readonly (readonly Term[])[],
): readonly StoredSeries[] {
  const day = files.day(kind, dayStartMs);
  if (day === undefined) return [];
  const lists = selectors.map((terms) => files.catalog.find(day.path, terms, () => day.series()));
  const [only] = lists;
  return lists.length === 1 && only !== undefined ? only : [...new Set(lists.flat())];
}

function seriesOfHead(files: HistoryFiles, selectors: readonly (readonly Term[])[]): readonly StoredSeries[] {
  // Before anything is looked up by name: does the text have the value at all?
  const pieces = selectors.map((terms) =>
    terms.filter(({ not, value }) => !not && value !== '').map(({ value }) => JSON.stringify(value)),
  );
  const found: StoredSeries[] = [];
  for (const text of files.head.seriesTexts().values()) {
    if (!pieces.some((ofSelector) => ofSelector.every((piece) => text.includes(piece)))) continue;
    const series = JSON.parse(text) as StoredSeries;
    if (selectors.some((terms) => fits(series, terms))) found.push(series);
  }
  return found;
}

import type { Labels, MetricDescription } from '@tapewatch/model';
import type { Samples } from '../codec/samples.js';
import { onGrid, type Grid } from '../disk/grid.js';
import type { PackedSamples } from '../disk/loading.js';
import { joined, mergeSamples } from '../disk/merge-samples.js';
import type { ReadSeries } from '../disk/reading.js';
import { addTotals, totalOf, type Totals } from '../disk/totals-row.js';
import { MinuteColumns } from './minute-summary.js';
import { nameOf, type SeriesName } from './series-names.js';

/** What was found on disk of one label set. */
export interface FoundSeries {
  readonly labels: Labels;
  readonly metric: MetricDescription;
  readonly raw: Samples[];
  /** Minutes and totals. */
  readonly pieces: ReadSeries[];
}

/** Brings together what the disk has of each label set, by the key of its labels. */
export function byLabels(
  names: ReadonlyMap<number, SeriesName>,
  { ids, ends, times, values }: PackedSamples,
  others: readonly ReadSeries[],
): Map<string, FoundSeries> {
  const stored = new Map<string, FoundSeries>();
  const of = (id: number): FoundSeries => {
    const { labels, metric } = nameOf(names, id);
    let series = stored.get(labels.key);
    if (series === undefined) stored.set(labels.key, (series = { labels, metric, raw: [], pieces: [] }));
    return series;
  };
  let from = 0;
  for (let i = 0; i < ids.length; i++) {
    const to = ends[i] as number;
    of(ids[i] as number).raw.push({ times: times.subarray(from, to), values: values.subarray(from, to) });
    from = to;
  }
  for (const piece of others) of(piece.id).pieces.push(piece);
  return stored;
}

/** The pieces of a series may come from several days, and of one day under several ids. */
export function rawOf(stored: FoundSeries | undefined, grid: Grid | undefined): Samples | undefined {
  const all = wholeOf(stored);
  // Once more for the whole: the last sample of each piece has come along.
  return all === undefined || stored?.raw.length === 1 ? all : onGrid(all, grid);
}

function wholeOf(stored: FoundSeries | undefined): Samples | undefined {
  const pieces = [...(stored?.raw ?? [])].sort((a, b) => (a.times[0] ?? 0) - (b.times[0] ?? 0));
  if (pieces.every(({ times }, i) => i === 0 || (pieces[i - 1]?.times.at(-1) ?? 0) < (times[0] ?? 0)))
    return pieces.length === 0 ? undefined : joined(pieces);
  return pieces.reduce<Samples | undefined>(mergeSamples, undefined);
}

export function minutesOf(stored: FoundSeries, recent?: MinuteColumns): MinuteColumns {
  const all = new MinuteColumns();
  for (const { minutes } of inOrder(stored.pieces, ({ minutes }) => minutes?.startMs[0]))
    if (minutes !== undefined) all.addMinutes(MinuteColumns.of(minutes), -Infinity, Infinity);
  if (recent !== undefined) all.addMinutes(recent, -Infinity, Infinity);
  return all;
}

/** Of several days in order of time; of the head, whose totals come as minutes, at the end. */
export function totalOfPieces(pieces: readonly ReadSeries[]): Totals | undefined {
  let all: Totals | undefined;
  for (const { total, minutes } of [...pieces].sort((a, b) => a.part - b.part)) {
    const next =
      total ?? (minutes === undefined ? undefined : totalOf(0, { ...minutes, length: minutes.startMs.length }));
    if (all === undefined) all = next === undefined ? undefined : { ...next };
    else if (next !== undefined) addTotals(all, next);
  }
  return all;
}

function inOrder(pieces: readonly ReadSeries[], startOf: (piece: ReadSeries) => number | undefined): ReadSeries[] {
  return [...pieces].sort((a, b) => (startOf(a) ?? 0) - (startOf(b) ?? 0));
}

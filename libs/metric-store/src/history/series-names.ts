import { Labels, type MetricDescription } from '@tapewatch/model';
import type { ToldSeries } from '../disk/told-series.js';

/** What a series of the disk is called. */
export interface SeriesName {
  readonly labels: Labels;
  readonly metric: MetricDescription;
}

/** The names that the storage worker has told: it tells of each series once, and of all anew when they have become too many. */
export class SeriesNames {
  #byId = new Map<number, SeriesName>();

  /** Gives the names of all series that an answer is about, whatever is told later. */
  learn({ series, anew }: ToldSeries): ReadonlyMap<number, SeriesName> {
    // Those who still work with the old ones keep them.
    if (anew) this.#byId = new Map();
    for (const { id, names, values, metric } of series) {
      const labels = Labels.fromEntries(names.map((name, i) => [name, values[i] as string] as const));
      this.#byId.set(id, { labels, metric });
    }
    return this.#byId;
  }
}

/** Throws when it was never told. */
export function nameOf(names: ReadonlyMap<number, SeriesName>, id: number): SeriesName {
  const name = names.get(id);
  if (name === undefined) throw new Error(`series ${id} of the metric history has no name`);
  return name;
}

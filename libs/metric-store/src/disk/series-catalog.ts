import type { StoredSeries } from './layout.ts';

/** What a label has to be, or not to be, as an exact text; '' is a label that is not there. */
export interface Term {
  readonly name: string;
  readonly value: string;
  readonly not: boolean;
}

/** The series of one file, found by label values. */
class FileSeries {
  readonly series: readonly StoredSeries[];
  /** By label name, made when first asked for: by value, the places in `series`. */
  readonly #byName = new Map<string, Map<string, number[]>>();

  constructor(series: readonly StoredSeries[]) {
    this.series = series;
  }

  find(terms: readonly Term[]): readonly StoredSeries[] {
    let fewest: readonly number[] | undefined;
    for (const { name, value, not } of terms) {
      if (not || value === '') continue;
      const places = this.placesOf(name).get(value) ?? [];
      if (fewest === undefined || places.length < fewest.length) fewest = places;
    }
    const candidates = fewest === undefined ? this.series : fewest.map((place) => this.series[place] as StoredSeries);
    return candidates.filter((each) => fits(each, terms));
  }

  private placesOf(name: string): ReadonlyMap<string, readonly number[]> {
    let places = this.#byName.get(name);
    if (places !== undefined) return places;
    this.#byName.set(name, (places = new Map<string, number[]>()));
    for (const [i, { names, values }] of this.series.entries()) {
      const value = values[names.indexOf(name)];
      if (value === undefined) continue;
      const known = places.get(value);
      if (known === undefined) places.set(value, [i]);
      else known.push(i);
    }
    return places;
  }
}

export function fits({ names, values }: StoredSeries, terms: readonly Term[]): boolean {
  return terms.every(({ name, value, not }) => ((values[names.indexOf(name)] ?? '') === value) !== not);
}

/** A series that is in no other file costs about ten times what one costs that is known from another. */
const costOfNew = 10;

/** Which series the files have, kept in memory within a bound: unpacking and parsing their names costs more than reading samples. */
export class SeriesCatalog {
  readonly #mostCost: number;
  /** By path, the least lately asked for first. */
  readonly #files = new Map<string, FileSeries>();
  /** A series is mostly in many files, and kept once. */
  readonly #known = new Map<number, { readonly series: StoredSeries; uses: number }>();
  #cost = 0;

  /** `mostSeries`: about so many different ones; zero: nothing is kept. */
  constructor(mostSeries: number) {
    this.#mostCost = mostSeries * costOfNew;
  }

  /** The series of the file that fit; `read` gives all of them when they are not in memory. */
  find(path: string, terms: readonly Term[], read: () => readonly StoredSeries[]): readonly StoredSeries[] {
    const file = this.#files.get(path);
    if (file === undefined) return this.load(path, read()).find(terms);
    this.#files.delete(path);
    this.#files.set(path, file);
    return file.find(terms);
  }

  /** The file's series change, or the file is gone. */
  forget(path: string): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#files.delete(path);
    for (const each of file.series) {
      const known = this.#known.get(each.id);
      if (known?.series !== each) continue;
      this.#cost--;
      if (--known.uses > 0) continue;
      this.#known.delete(each.id);
      this.#cost -= costOfNew;
    }
  }

  private load(path: string, series: readonly StoredSeries[]): FileSeries {
    // Too many to be kept beside any other.
    if (series.length * costOfNew > this.#mostCost) return new FileSeries(series);
    const shared = series.map((each) => {
      const known = this.#known.get(each.id);
      // An id is never given again; were it, names would not be mixed up.
      if (known !== undefined && !isSame(known.series, each)) return each;
      this.#cost++;
      if (known !== undefined) {
        known.uses++;
        return known.series;
      }
      this.#known.set(each.id, { series: each, uses: 1 });
      this.#cost += costOfNew;
      return each;
    });
    const file = new FileSeries(shared);
    this.#files.set(path, file);
    for (const other of this.#files.keys()) {
      if (this.#cost <= this.#mostCost || other === path) break;
      this.forget(other);
    }
    return file;
  }
}

function isSame(one: StoredSeries, other: StoredSeries): boolean {
  const { names, values } = other;
  return (
    one.names.length === names.length &&
    one.names.every((name, i) => name === names[i] && one.values[i] === values[i]) &&
    one.metric.name === other.metric.name
  );
}

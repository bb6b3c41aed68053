import type { Matcher } from '@tapewatch/model';
import type { SeriesMemory } from './series-memory.js';

type Postings = ReadonlySet<SeriesMemory>;

const nothing: Postings = new Set();

/** Which series have which label: one set per label and value. */
export class SeriesIndex {
  readonly #all = new Set<SeriesMemory>();
  readonly #byLabel = new Map<string, Map<string, Set<SeriesMemory>>>();
  /** Rules ask the same selectors every second: their answers hold until a series comes or goes. */
  #answers = new WeakMap<readonly Matcher[], readonly SeriesMemory[]>();

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): Iterator<SeriesMemory> {
    return this.#all[Symbol.iterator]();
  }

  add(series: SeriesMemory): void {
    this.#all.add(series);
    for (const [name, value] of series.labels.entries()) {
      let values = this.#byLabel.get(name);
      if (values === undefined) this.#byLabel.set(name, (values = new Map<string, Set<SeriesMemory>>()));
      const postings = values.get(value);
      if (postings === undefined) values.set(value, new Set([series]));
      else postings.add(series);
    }
    this.#answers = new WeakMap();
  }

  remove(series: SeriesMemory): void {
    this.#all.delete(series);
    for (const [name, value] of series.labels.entries()) {
      const values = this.#byLabel.get(name);
      const postings = values?.get(value);
      postings?.delete(series);
      if (postings?.size === 0) values?.delete(value);
      if (values?.size === 0) this.#byLabel.delete(name);
    }
    this.#answers = new WeakMap();
  }

  select(matchers: readonly Matcher[]): readonly SeriesMemory[] {
    const known = this.#answers.get(matchers);
    if (known !== undefined) return known;
    const answer = this.search(matchers);
    this.#answers.set(matchers, answer);
    return answer;
  }

  private search(matchers: readonly Matcher[]): readonly SeriesMemory[] {
    const found: SeriesMemory[] = [];
    for (const series of this.fewest(matchers)) {
      if (matchers.every((matcher) => matcher.matches(series.labels.get(matcher.name)))) found.push(series);
    }
    return found;
  }

  /** The smallest set that an equality leaves; all where there is none. A matcher that accepts '' also accepts series without the label. */
  private fewest(matchers: readonly Matcher[]): Postings {
    let fewest: Postings = this.#all;
    for (const { name, operator, value } of matchers) {
      if (operator !== '=' || value === '') continue;
      const postings = this.#byLabel.get(name)?.get(value) ?? nothing;
      if (postings.size < fewest.size) fewest = postings;
    }
    return fewest;
  }
}

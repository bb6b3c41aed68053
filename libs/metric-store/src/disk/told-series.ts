import type { StoredSeries } from './layout.ts';

/** Names that go with an answer, as the one who asked may not have them. */
export interface ToldSeries {
  readonly series: readonly StoredSeries[];
  /** What was told before is to be forgotten first, so that it does not grow without end. */
  readonly anew: boolean;
}

/** Of how many series names are remembered, here and where they are told. */
const mostTold = 20_000;

/** Which series the other thread knows by name: to tell of thousands with every answer would take longer than to read them. */
export class ToldIds {
  readonly #ids = new Set<number>();

  /** Of the series of an answer, each perhaps several times, those that have not been told of; they are from now on. */
  tell(series: Iterable<StoredSeries>): ToldSeries {
    const all = new Map<number, StoredSeries>();
    for (const each of series) all.set(each.id, each);
    let fresh = [...all.values()].filter(({ id }) => !this.#ids.has(id));
    const anew = this.#ids.size > 0 && this.#ids.size + fresh.length > mostTold;
    if (anew) {
      this.#ids.clear();
      fresh = [...all.values()];
    }
    for (const { id } of fresh) this.#ids.add(id);
    return { series: fresh, anew };
  }
}

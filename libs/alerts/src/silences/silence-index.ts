import type { Labels, Matcher } from '@tapewatch/model';

interface Entry {
  readonly id: string;
  readonly matchers: readonly Matcher[];
}

interface Conditions {
  readonly name: string;
  /** By place of the silence in the index: its matchers on this label. */
  readonly own: ReadonlyMap<number, readonly Matcher[]>;
  /** By value of the label: a bit for each silence that has no matcher on it against that value. */
  readonly byValue: Map<string, Uint32Array>;
}

/** So many values of one label are remembered. */
const mostValues = 20_000;

/**
 * Which of many silences match an alert: what they say of one value of one label is found out once, as alerts share most of their
 * values. What an alert costs then hardly grows with the number of silences.
 */
export class SilenceIndex {
  readonly #ids: readonly string[];
  readonly #all: Uint32Array;
  readonly #conditions: readonly Conditions[];

  constructor(silences: readonly Entry[]) {
    this.#ids = silences.map(({ id }) => id);
    this.#all = new Uint32Array(Math.ceil(silences.length / 32)).fill(0xffff_ffff);
    const byName = new Map<string, Map<number, Matcher[]>>();
    for (const [place, { matchers }] of silences.entries()) {
      for (const matcher of matchers) {
        const own = byName.get(matcher.name) ?? new Map<number, Matcher[]>();
        byName.set(matcher.name, own.set(place, [...(own.get(place) ?? []), matcher]));
      }
    }
    this.#conditions = [...byName].map(([name, own]) => ({ name, own, byValue: new Map() }));
  }

  /** In the order in which they were given. */
  matching(labels: Labels): readonly string[] {
    if (this.#ids.length === 0) return [];
    const left = this.#all.slice();
    for (const condition of this.#conditions) {
      const bits = this.bitsOf(condition, labels.get(condition.name));
      for (let i = 0; i < left.length; i++) left[i] = (left[i] as number) & (bits[i] as number);
    }
    return this.#ids.filter((_id, place) => ((left[place >>> 5] as number) & (1 << (place & 31))) !== 0);
  }

  private bitsOf({ own, byValue }: Conditions, value: string): Uint32Array {
    const known = byValue.get(value);
    if (known !== undefined) return known;
    const bits = this.#all.slice();
    for (const [place, matchers] of own) {
      if (matchers.every((matcher) => matcher.matches(value))) continue;
      bits[place >>> 5] = (bits[place >>> 5] as number) & ~(1 << (place & 31));
    }
    if (byValue.size >= mostValues) byValue.clear();
    byValue.set(value, bits);
    return bits;
  }
}

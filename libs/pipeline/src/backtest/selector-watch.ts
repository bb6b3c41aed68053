import type { Matcher } from '@tapewatch/model';
import { formatMatchers, type Sample, type SeriesSource } from '@tapewatch/promql';
import type { BacktestSelector } from './backtest-result.js';

const everyMs = 10_000;
const lookbackMs = 300_000;

/** Looks now and then whether the selectors of a rule find anything: a rule without data does not fire, and that is no good news. */
export class SelectorWatch {
  readonly #selectors: ReadonlyMap<string, readonly Matcher[]>;
  readonly #found = new Map<string, number>();
  #looked = 0;

  constructor(selectors: readonly (readonly Matcher[])[]) {
    this.#selectors = new Map(selectors.map((matchers) => [formatMatchers(matchers), matchers]));
  }

  look(atMs: number, source: SeriesSource): void {
    if (atMs % everyMs !== 0) return;
    this.#looked++;
    const sample: Sample = { timeMs: 0, value: 0 };
    for (const [text, matchers] of this.#selectors) {
      for (const reader of source.select(matchers, atMs - lookbackMs, atMs)) {
        if (!reader.latest(atMs, lookbackMs, sample)) continue;
        this.#found.set(text, (this.#found.get(text) ?? 0) + 1);
        break;
      }
    }
  }

  selectors(seriesOf: (matchers: readonly Matcher[]) => number): readonly BacktestSelector[] {
    return [...this.#selectors].map(([selector, matchers]) => ({
      selector,
      series: seriesOf(matchers),
      coverage: this.#looked === 0 ? 0 : (this.#found.get(selector) ?? 0) / this.#looked,
    }));
  }
}

import type { Series } from '@tapewatch/model';
import type { RuleSample } from '../rule-sample.js';

/** What a rule has written last, so that series which it no longer writes are ended. */
export class RuleOutput {
  #written = new Map<string, Series>();

  /** The samples, and an end for every series that was there the last time and is not now. */
  withEnds(samples: readonly RuleSample[]): readonly RuleSample[] {
    const before = this.#written;
    const now = new Map(samples.map(({ series }) => [series.labels.key, series]));
    this.#written = now;
    if (before.size === 0) return samples;
    const ended = [...before].filter(([key]) => !now.has(key));
    if (ended.length === 0) return samples;
    return [...samples, ...ended.map(([, series]) => ({ series, value: undefined }))];
  }

  /** Goes on from what the same rule before a reload has written. */
  adopt(before: RuleOutput): void {
    this.#written = before.#written;
  }

  has(key: string): boolean {
    return this.#written.has(key);
  }

  series(): Iterable<Series> {
    return this.#written.values();
  }
}

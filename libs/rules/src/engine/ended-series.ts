import type { Series } from '@tapewatch/model';
import type { RecordSamples } from '../rule-sample.js';

interface WritingGroup {
  /** Whether it writes this series now, by the key of its labels. */
  writes(key: string): boolean;
  /** Whether a rule that has not been evaluated yet records series of this name. */
  mayWrite(name: string): boolean;
}

interface Ended {
  readonly series: Series;
  /** Of the group that wrote it. */
  readonly queryOffsetMs: number;
}

/**
 * Series of rules that a reload removed. They get their stale markers with the next evaluation; a recorded one that another rule may go on with, only
 * when that rule has shown that it does not.
 */
export class EndedSeries {
  #ended = new Map<string, Ended>();

  add(series: Iterable<Series>, queryOffsetMs: number): void {
    for (const one of series) this.#ended.set(one.labels.key, { series: one, queryOffsetMs });
  }

  /** Called after the groups were evaluated. Throws what `record` throws. */
  settle(at: number, groups: readonly WritingGroup[], record: RecordSamples): void {
    if (this.#ended.size === 0) return;
    const waiting = new Map<string, Ended>();
    const due = new Map<number, Series[]>();
    for (const [key, ended] of this.#ended) {
      const { series, queryOffsetMs } = ended;
      if (groups.some((group) => group.writes(key))) continue;
      if (groups.some((group) => group.mayWrite(series.metric.name))) waiting.set(key, ended);
      else due.set(queryOffsetMs, [...(due.get(queryOffsetMs) ?? []), series]);
    }
    this.#ended = waiting;
    for (const [queryOffsetMs, all] of due)
      record(
        at - queryOffsetMs,
        all.map((series) => ({ series, value: undefined })),
      );
  }
}

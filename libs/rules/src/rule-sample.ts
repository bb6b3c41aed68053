import type { Series } from '@tapewatch/model';

/** A value that a rule writes down: the result of a recording rule, or that an alert is there. */
export interface RuleSample {
  /** The same object for the same series as long as its rule goes on writing it. */
  readonly series: Series;
  /** `undefined` ends the series: a stale marker. */
  readonly value: number | undefined;
}

/**
 * Takes what one rule has written at one time, where the next rule's query will find it. Throws when it cannot take all of it (two rules that write
 * the same series, say); the rule has failed then.
 */
export type RecordSamples = (at: number, samples: readonly RuleSample[]) => void;

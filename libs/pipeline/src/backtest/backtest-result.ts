import type { Labels } from '@tapewatch/model';

/** What is to be replayed. Times are milliseconds since the epoch. */
export interface BacktestRequest {
  /** The name of an alert: of a configured rule, or of one in `file`. Absent where the file holds one alert alone. */
  readonly rule?: string;
  /** A rule file, of either form, whose rule stands in for the configured one of the same name. */
  readonly file?: { readonly name: string; readonly text: string };
  readonly from: number;
  /** Now, when it lies in the future. */
  readonly to: number;
  /** An alert that fires again so soon after its end flaps; 5 minutes when absent. */
  readonly flapWithinMs?: number;
  /** Whether the silences that are kept hold in the replay at their times. */
  readonly withSilences?: boolean;
}

export interface BacktestResult {
  readonly rule: string;
  /** The first second that was judged, and the last. */
  readonly from: number;
  readonly to: number;
  /** How long the replay took. */
  readonly tookMs: number;
  readonly data: BacktestData;
  /** Of the rule in the file that was given, else of the one as it is. */
  readonly outcome: BacktestOutcome;
  /** Of the rule as it is; only beside one in a file, and when there is one of its name. */
  readonly current?: BacktestOutcome;
  readonly comparison?: BacktestComparison;
}

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** What the replay had to go by. */
export interface BacktestData {
  /** Share of the seconds in which a tick was stored, 0 to 1. */
  readonly completeness: number;
  /** Ten seconds and more without any tick: nothing was judged in them, and nobody told, as nothing was while the program did not run. */
  readonly holes: readonly TimeRange[];
  /** Up to here only the last sample of each minute is kept, and that is what was judged. */
  readonly minutesUntil?: number;
  readonly selectors: readonly BacktestSelector[];
}

/** One selector of the rules that were judged. */
export interface BacktestSelector {
  /** As PromQL. */
  readonly selector: string;
  /** How many series it found in all. */
  readonly series: number;
  /** Share of the time, outside the holes, in which it found one at least; looked at every ten seconds. */
  readonly coverage: number;
}

export interface BacktestOutcome {
  readonly rules: readonly BacktestRule[];
  /** Recording rules that the rule reads: evaluated in the replay, not read from what was recorded. */
  readonly recorded: readonly string[];
  /** In the order in which they began; the first thousand. */
  readonly firings: readonly Firing[];
  /** In order; the first thousand. */
  readonly notifications: readonly BacktestNotification[];
  readonly totals: BacktestTotals;
  /** What went wrong in evaluations; one for each rule and reason. */
  readonly faults: readonly BacktestFault[];
}

export interface BacktestRule {
  readonly group: string;
  readonly kind: string;
  readonly query: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly intervalMs: number;
}

/** One time that one alert fired. */
export interface Firing {
  readonly labels: Labels;
  /** When its condition began to hold. */
  readonly startsAt: number;
  readonly firedAt: number;
  /** Absent: it still fired at the end of the range. */
  readonly endsAt?: number;
  /** The condition held at the very beginning of the range: it may have begun before. */
  readonly fromStart: boolean;
  /** While it fired. */
  readonly maxValue: number;
  readonly minValue: number;
  /** It fired so soon after its last end that it counts as a flap. */
  readonly flap: boolean;
  /** Of its last evaluation. */
  readonly annotations: Readonly<Record<string, string>>;
}

export type UnsentReason =
  /** The receiver has no channel. */
  | 'no_channel'
  /** The alert ended before its group was told of for the first time. */
  | 'ended_before_told'
  /** Its group was not told of before the range ended. */
  | 'range_ended'
  /** The channel wants to know of no end. */
  | 'send_resolved_off';

export interface BacktestNotification {
  readonly at: number;
  /** Empty when its receiver has no channel. */
  readonly channel: string;
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly { readonly labels: Labels; readonly status: 'firing' | 'resolved' }[];
  /** `sent`: it would have been. */
  readonly outcome: 'sent' | 'not_sent';
  /** Of what was not sent: why; in the words of the ledger where something held it back (a silence, an interval, another alert). */
  readonly reason?: UnsentReason | (string & {});
}

/** Of everything, also of what is not listed. */
export interface BacktestTotals {
  readonly evaluations: number;
  readonly firings: number;
  /** The sum over all alerts, so two at once count twice. */
  readonly firingMs: number;
  readonly longestMs: number;
  /** Conditions that ended before their `for` was over. */
  readonly pendingOnly: number;
  readonly flaps: number;
  readonly sent: number;
  readonly notSent: number;
}

export interface BacktestFault {
  readonly rule: string;
  readonly reason: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Firings of the rule in the file beside those of the rule as it is; the same alert at overlapping times is the same firing. */
export interface BacktestComparison {
  readonly both: number;
  /** Of the rule as it is alone; the first thousand. */
  readonly onlyCurrent: readonly Firing[];
  /** Of the rule in the file alone; the first thousand. */
  readonly onlyNew: readonly Firing[];
  readonly onlyCurrentTotal: number;
  readonly onlyNewTotal: number;
  /** New less current. */
  readonly firingMs: number;
  readonly notifications: number;
}

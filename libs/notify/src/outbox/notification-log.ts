import type { Alert } from '@tapewatch/model';

/** What one channel was last told about one group. */
export interface LogEntry {
  /** Notifications so far; the number is part of the idempotency key. */
  readonly flush: number;
  /** Ids of the alerts that the channel believes to be firing. */
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  readonly at: number;
  /** `at` on the monotonic clock of this run, so that a jump of the wall clock neither hurries nor holds a repeat. */
  readonly atMs: number;
}

export type Due =
  /** Something to tell. */
  | 'tell'
  /** Nothing to tell, but the entry has to be brought up to date. */
  | 'note'
  /** A repeat, which waits because a person has everything in hand. */
  | 'held'
  | 'nothing';

/**
 * Alertmanager's dedup stage: tell when an alert fires of which the channel has not heard, when all that it heard of has ended, when it wants
 * to know of an end it has not heard of, or when the repeat interval is over. `alerts` are those that may be told at all.
 */
export function dueFor(
  entry: LogEntry | undefined,
  alerts: readonly Alert[],
  options: {
    readonly sendResolved: boolean;
    readonly repeatIntervalMs: number;
    /** Monotonic. */
    readonly nowMs: number;
  },
): Due {
  const firing = alerts.filter(({ state }) => state === 'firing');
  if (entry === undefined) return firing.length > 0 ? 'tell' : 'nothing';
  if (firing.some(({ id }) => !entry.firing.has(id))) return 'tell';
  const ended = alerts.filter(({ id, state }) => state !== 'firing' && entry.firing.has(id) && !entry.resolved.has(id));
  if (ended.length > 0) return options.sendResolved ? 'tell' : 'note';
  if (firing.length === 0 || options.nowMs - entry.atMs < options.repeatIntervalMs) return 'nothing';
  // Acknowledged ones stop the repeats: a person has them in hand.
  return firing.some(({ acknowledgement }) => acknowledgement === undefined) ? 'tell' : 'held';
}

/**
 * The entry after the channel was told, or after its end was noted. `held` are the alerts that may not be told now: those of which the
 * channel has heard stay believed to be firing, so that their end is told in any case.
 */
export function nextEntry(
  entry: LogEntry | undefined,
  alerts: readonly Alert[],
  held: readonly Alert[],
  { now, nowMs, told }: { readonly now: number; readonly nowMs: number; readonly told: boolean },
): LogEntry {
  const idsOf = (firing: boolean): string[] =>
    alerts.filter(({ state }) => (state === 'firing') === firing).map(({ id }) => id);
  const believed = held.flatMap(({ id }) => (entry?.firing.has(id) === true ? [id] : []));
  return {
    flush: (entry?.flush ?? 0) + (told ? 1 : 0),
    firing: new Set([...idsOf(true), ...believed]),
    resolved: new Set(idsOf(false)),
    at: now,
    atMs: nowMs,
  };
}

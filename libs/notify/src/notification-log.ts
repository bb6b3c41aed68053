import type { Alert } from '@tapewatch/model';

/** What one channel was last told about one group. */
export interface LogEntry {
  /** Notifications so far; the number is part of the idempotency key. */
  readonly flush: number;
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  readonly at: number;
}

export type Due =
  /** Something to tell. */
  | 'tell'
  /** Nothing to tell, but the entry has to be brought up to date. */
  | 'note'
  | 'nothing';

/**
 * Alertmanager's dedup stage: tell when an alert fires of which the channel has not heard, when all that it heard of has ended, when it wants
 * to know of an end it has not heard of, or when the repeat interval is over.
 */
export function dueFor(
  entry: LogEntry | undefined,
  alerts: readonly Alert[],
  options: { readonly sendResolved: boolean; readonly repeatIntervalMs: number; readonly now: number },
): Due {
  const firing = alerts.filter(({ state }) => state === 'firing');
  if (entry === undefined) return firing.length > 0 ? 'tell' : 'nothing';
  if (firing.some(({ id }) => !entry.firing.has(id))) return 'tell';
  const ended = alerts.filter(({ id, state }) => state !== 'firing' && entry.firing.has(id) && !entry.resolved.has(id));
  if (ended.length > 0) return options.sendResolved ? 'tell' : 'note';
  // Acknowledged ones stop the repeats: a person has them in hand.
  const unattended = firing.some(({ acknowledgement }) => acknowledgement === undefined);
  return unattended && options.now - entry.at >= options.repeatIntervalMs ? 'tell' : 'nothing';
}

/** The entry after the channel was told, or after its end was noted. */
export function nextEntry(entry: LogEntry | undefined, alerts: readonly Alert[], now: number, told: boolean): LogEntry {
  const idsOf = (firing: boolean): Set<string> =>
    new Set(alerts.filter(({ state }) => (state === 'firing') === firing).map(({ id }) => id));
  return { flush: (entry?.flush ?? 0) + (told ? 1 : 0), firing: idsOf(true), resolved: idsOf(false), at: now };
}

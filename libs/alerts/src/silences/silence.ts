import type { Labels, Matcher, TimeInterval } from '@tapewatch/model';

/** Alertmanager's states. One that comes back is pending between its times. */
export type SilenceState = 'pending' | 'active' | 'expired';

/** Keeps people from being told of the alerts that it matches. Times are milliseconds since the epoch. */
export interface Silence {
  /** A UUID. */
  readonly id: string;
  /** All of them must hold; at least one does not match the empty value. */
  readonly matchers: readonly Matcher[];
  readonly startsAt: number;
  /** The first moment at which it no longer counts. */
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly updatedAt: number;
  /** Between its start and its end it counts only while one of these holds; absent: all the time. */
  readonly recurring?: readonly TimeInterval[];
  /** Ended by hand: it does not come back when the clock is set back. */
  readonly ended: boolean;
}

/** A silence with what it is now. */
export interface SilenceView extends Silence {
  readonly state: SilenceState;
}

/** Where a silence stands between its start and its end, whether or not it comes and goes there. */
export function phaseOf(silence: Silence, now: number): SilenceState {
  if (silence.ended || now >= silence.endsAt) return 'expired';
  return now < silence.startsAt ? 'pending' : 'active';
}

export function stateOf(silence: Silence, now: number): SilenceState {
  const phase = phaseOf(silence, now);
  if (phase !== 'active' || silence.recurring === undefined) return phase;
  return silence.recurring.some((interval) => interval.contains(now)) ? 'active' : 'pending';
}

export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matcher.matches(labels.get(matcher.name)));
}

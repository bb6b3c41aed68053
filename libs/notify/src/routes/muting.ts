import type { Alert } from '@tapewatch/model';
import { isFiring } from '../alert-state.js';
import type { Route } from './route-tree.js';

/** Named stretches of time: whether a time, in milliseconds since the epoch, lies within. */
export type TimeWindows = ReadonlyMap<string, (at: number) => boolean>;

/** Why people are not to be told that an alert fires, however its route stands; undefined when they are. */
export function mutedBecause({ silencedBy, inhibitedBy }: Alert): string | undefined {
  if (silencedBy !== undefined && silencedBy.length > 0) return `silence ${silencedBy.join(', ')}`;
  if (inhibitedBy !== undefined && inhibitedBy.length > 0) return `inhibited by ${inhibitedBy.join(', ')}`;
  return undefined;
}

/** People are to be told that it fires, however its route stands. */
export function isAudible(alert: Alert): boolean {
  return isFiring(alert) && mutedBecause(alert) === undefined;
}

/** The time intervals that keep a route from telling anything at this time, by name. */
export function mutingIntervals(route: Route, windows: TimeWindows, at: number): readonly string[] {
  const { activeTimeIntervals: active, muteTimeIntervals: mute } = route;
  const within = (name: string): boolean => windows.get(name)?.(at) === true;
  return active.length > 0 && !active.some(within) ? active : mute.filter(within);
}

/** Why a route tells nothing at this time; undefined when it does. */
export function closedBecause(route: Route, windows: TimeWindows, at: number): string | undefined {
  const { activeTimeIntervals: active, muteTimeIntervals: mute } = route;
  const within = (name: string): boolean => windows.get(name)?.(at) === true;
  if (active.length > 0 && !active.some(within)) return `outside active time interval ${active.join(', ')}`;
  const muting = mute.filter(within);
  return muting.length === 0 ? undefined : `muted by time interval ${muting.join(', ')}`;
}

const minuteMs = 60_000;

/** How long until a route that is closed may be open: time intervals begin and end with a minute. */
export function untilNextMinute(at: number): number {
  return minuteMs - (at % minuteMs);
}

import type { TapewatchConfig } from '@tapewatch/config';

/** Of each name whether a time lies in one of its intervals. */
export function timeWindows({ timeIntervals }: TapewatchConfig): ReadonlyMap<string, (at: number) => boolean> {
  return new Map(
    timeIntervals.map(({ name, intervals }) => [name, (at: number) => intervals.some((one) => one.contains(at))]),
  );
}

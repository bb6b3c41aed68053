import type { TapewatchConfig } from '@tapewatch/config';
import type { TimeWindows } from '@tapewatch/notify';

/** Of each name whether a time lies in one of its intervals. */
export function timeWindows({ timeIntervals }: TapewatchConfig): TimeWindows {
  return new Map(
    timeIntervals.map(({ name, intervals }) => [name, (at: number) => intervals.some((one) => one.contains(at))]),
  );
}

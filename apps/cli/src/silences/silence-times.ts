import { parseDuration } from '@tapewatch/model';
import { pointInTime } from '../report/point-in-time.js';
import { UsageError } from '../usage-error.js';
import type { SilenceMessages } from './silence-messages.js';

export interface TimeArguments {
  readonly duration?: string;
  readonly start?: string;
  readonly end?: string;
  /** `09:00-17:00`, several separated by commas. */
  readonly times?: string;
  /** `monday:friday,sunday` */
  readonly weekdays?: string;
  readonly zone?: string;
}

/** As the API's SilenceInput has them. */
export interface SilenceTimes {
  readonly startsAt?: string;
  readonly endsAt: string;
  readonly recurring?: readonly object[];
}

const range = /^(\d{2}:\d{2})-(\d{2}:\d{2})$/;

/** From when to when, and at which times between. Throws UsageError. */
export function silenceTimes(args: TimeArguments, now: number, messages: SilenceMessages): SilenceTimes {
  const { duration, end, start } = args;
  if ((duration === undefined) === (end === undefined)) throw new UsageError(messages.endOrDuration);
  const startsAt = pointInTime('--start', start);
  const endsAt =
    pointInTime('--end', end) ??
    new Date((startsAt === undefined ? now : Date.parse(startsAt)) + lengthOf(duration ?? '', messages)).toISOString();
  const recurring = intervalOf(args, messages);
  return {
    endsAt,
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(recurring === undefined ? {} : { recurring: [recurring] }),
  };
}

function lengthOf(duration: string, messages: SilenceMessages): number {
  const ms = parseDuration(duration);
  if (ms === undefined || ms <= 0) throw new UsageError(messages.notDuration('--duration', duration));
  return ms;
}

function intervalOf({ times, weekdays, zone }: TimeArguments, messages: SilenceMessages): object | undefined {
  if (times === undefined && weekdays === undefined) {
    if (zone !== undefined) throw new UsageError(messages.zoneAlone);
    return undefined;
  }
  return {
    ...(times === undefined ? {} : { times: times.split(',').map((text) => timeRange(text.trim(), messages)) }),
    ...(weekdays === undefined ? {} : { weekdays: weekdays.split(',').map((text) => text.trim()) }),
    ...(zone === undefined ? {} : { location: zone }),
  };
}

function timeRange(text: string, messages: SilenceMessages): { readonly start: string; readonly end: string } {
  const parts = range.exec(text);
  if (parts === null) throw new UsageError(messages.notTimes(text));
  return { start: parts[1] as string, end: parts[2] as string };
}

import { floatOf } from './humanize.js';
import { formatFloat } from './number-format.js';
import type { Value } from './value.js';
import { StructValue } from './value.js';

/** Go's *time.Time in UTC, to the millisecond, of seconds since the epoch. */
export function toTime(value: Value): StructValue {
  const seconds = floatOf(value);
  return timeAt(Number(BigInt(Math.trunc(nanosecondsOf(seconds, 'nanoseconds timestamp'))) / 1_000_000n));
}

/** Where a clock stands off UTC. */
export interface Zone {
  /** As in CET. */
  readonly name: string;
  readonly offsetMinutes: number;
}

export const utc: Zone = { name: 'UTC', offsetMinutes: 0 };

/** Milliseconds since the epoch of the times that were made here. */
const instants = new WeakMap<StructValue, number>();

/** The milliseconds since the epoch that a time stands for; undefined for any other value. */
export function instantOf(value: Value): number | undefined {
  return value instanceof StructValue ? instants.get(value) : undefined;
}

/** Go's time.Time, of milliseconds since the epoch, as the clocks of a zone show it. */
export function timeAt(ms: number, zone: Zone = utc): StructValue {
  const at = new Date(ms + zone.offsetMinutes * 60_000);
  const text = (): string => timeText(at, zone);
  const methods: Readonly<Record<string, () => Value>> = {
    Year: () => BigInt(at.getUTCFullYear()),
    Month: () => monthName(at),
    Day: () => BigInt(at.getUTCDate()),
    Weekday: () => weekdayName(at),
    YearDay: () => BigInt(dayOfYear(at)),
    Hour: () => BigInt(at.getUTCHours()),
    Minute: () => BigInt(at.getUTCMinutes()),
    Second: () => BigInt(at.getUTCSeconds()),
    Nanosecond: () => BigInt(at.getUTCMilliseconds()) * 1_000_000n,
    Unix: () => BigInt(Math.floor(ms / 1000)),
    UnixMilli: () => BigInt(ms),
    UTC: () => timeAt(ms),
    String: text,
  };
  const time = new StructValue('*time.Time', methods, {
    text,
    ofText: { Format: (layout) => formatTime(at, layout, zone) },
  });
  instants.set(time, ms);
  return time;
}

/** As Go prints a time. */
function timeText(at: Date, zone: Zone): string {
  const [date = '', time = ''] = at.toISOString().split('T');
  const fraction = time.slice(9, 12).replace(/0+$/, '');
  return `${date} ${time.slice(0, 8)}${fraction === '' ? '' : `.${fraction}`} ${offsetText(zone, '')} ${zone.name}`;
}

function offsetText({ offsetMinutes }: Zone, between: string): string {
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${between}${two(minutes % 60)}`;
}

/** Go's *time.Duration of seconds. */
export function toDuration(value: Value): StructValue {
  const nanoseconds = Math.trunc(nanosecondsOf(floatOf(value), 'time.Duration'));
  const text = (): string => durationText(nanoseconds);
  const methods: Readonly<Record<string, () => Value>> = {
    Hours: () => nanoseconds / 3.6e12,
    Minutes: () => nanoseconds / 6e10,
    Seconds: () => nanoseconds / 1e9,
    Milliseconds: () => BigInt(Math.trunc(nanoseconds / 1e6)),
    Microseconds: () => BigInt(Math.trunc(nanoseconds / 1e3)),
    Nanoseconds: () => BigInt(nanoseconds),
    String: text,
  };
  return new StructValue('*time.Duration', methods, { text, ofText: {} });
}

function nanosecondsOf(seconds: number, what: string): number {
  if (!Number.isFinite(seconds)) throw new Error('value is NaN or Inf');
  const nanoseconds = seconds * 1e9;
  if (Math.abs(nanoseconds) <= 2 ** 63) return nanoseconds;
  throw new Error(`${formatFloat(seconds, 'g')} cannot be represented as a ${what} since it overflows int64`);
}

const months = 'January February March April May June July August September October November December'.split(' ');
const weekdays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

function monthName(at: Date): string {
  return months[at.getUTCMonth()] as string;
}

function weekdayName(at: Date): string {
  return weekdays[at.getUTCDay()] as string;
}

function dayOfYear(at: Date): number {
  return Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

const layoutPart =
  /January|Jan|Monday|Mon|MST|2006|Z07:00|Z0700|-07:00|-0700|-07|002|01|02|03|04|05|06|15|PM|pm|_2|[.,]0+(?!\d)|[.,]9+(?!\d)|1|2|3|4|5/g;

/** Go's layouts: the reference time, Mon Jan 2 15:04:05 MST 2006, written as the time is to be. */
function formatTime(at: Date, layout: string, zone: Zone): string {
  return layout.replace(layoutPart, (part) => formatPart(at, part, zone));
}

function formatPart(at: Date, part: string, zone: Zone): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour = at.getUTCHours();
  const fixed: Readonly<Record<string, string>> = {
    January: monthName(at),
    Jan: monthName(at).slice(0, 3),
    Monday: weekdayName(at),
    Mon: weekdayName(at).slice(0, 3),
    MST: zone.name,
    'Z07:00': zone.offsetMinutes === 0 ? 'Z' : offsetText(zone, ':'),
    Z0700: zone.offsetMinutes === 0 ? 'Z' : offsetText(zone, ''),
    '-07:00': offsetText(zone, ':'),
    '-0700': offsetText(zone, ''),
    '-07': offsetText(zone, '').slice(0, 3),
    2006: String(at.getUTCFullYear()).padStart(4, '0'),
    '06': two(at.getUTCFullYear() % 100),
    '01': two(at.getUTCMonth() + 1),
    1: String(at.getUTCMonth() + 1),
    '02': two(at.getUTCDate()),
    _2: String(at.getUTCDate()).padStart(2),
    2: String(at.getUTCDate()),
    '002': String(dayOfYear(at)).padStart(3, '0'),
    15: two(hour),
    '03': two(hour % 12 || 12),
    3: String(hour % 12 || 12),
    '04': two(at.getUTCMinutes()),
    4: String(at.getUTCMinutes()),
    '05': two(at.getUTCSeconds()),
    5: String(at.getUTCSeconds()),
    PM: hour < 12 ? 'AM' : 'PM',
    pm: hour < 12 ? 'am' : 'pm',
  };
  return fixed[part] ?? fractionText(at, part);
}

/** `.000` shows that many digits, `.999` leaves zeros at the end out. */
function fractionText(at: Date, part: string): string {
  const digits = String(at.getUTCMilliseconds())
    .padStart(3, '0')
    .padEnd(9, '0')
    .slice(0, part.length - 1);
  if (part.includes('0')) return `${part.charAt(0)}${digits}`;
  const short = digits.replace(/0+$/, '');
  return short === '' ? '' : `${part.charAt(0)}${short}`;
}

/** `1h30m0s`, `1.5s`, `250ms`, `3µs`, as Go prints durations. */
function durationText(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  const sign = nanoseconds < 0 ? '-' : '';
  const rest = Math.abs(nanoseconds);
  if (rest < 1e3) return `${sign}${rest}ns`;
  if (rest < 1e6) return `${sign}${decimal(rest, 3)}µs`;
  if (rest < 1e9) return `${sign}${decimal(rest, 6)}ms`;
  const whole = BigInt(rest);
  const [hours, minutes] = [whole / 3_600_000_000_000n, (whole / 60_000_000_000n) % 60n];
  const seconds = `${decimal(Number(whole % 60_000_000_000n), 9)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : sign + seconds;
}

/** A whole number with the point moved, exactly. */
function decimal(value: number, places: number): string {
  const text = String(value).padStart(places + 1, '0');
  const fraction = text.slice(-places).replace(/0+$/, '');
  return text.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}

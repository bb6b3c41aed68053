import { didYouMean } from './nearest.js';
import { wallTimeIn, type WallTime } from './wall-time.js';

/** The form in which Alertmanager's files have a time interval; numbers are taken where a range is one number. */
export interface TimeIntervalFields {
  readonly times?: readonly { readonly start_time: string; readonly end_time: string }[];
  readonly weekdays?: readonly string[];
  readonly days_of_month?: readonly (string | number)[];
  readonly months?: readonly (string | number)[];
  readonly years?: readonly (string | number)[];
  readonly location?: string;
}

export interface TimeIntervalFault {
  /** Where in the fields, as in `times[0].end_time`; '' for the whole. */
  readonly path: string;
  /** What is wrong, and what is allowed. */
  readonly message: string;
}

export type ParsedTimeInterval =
  | { readonly ok: true; readonly value: TimeInterval }
  | { readonly ok: false; readonly faults: readonly TimeIntervalFault[] };

/** Both ends belong to it, but for the end of `times`. */
interface Range {
  readonly from: number;
  readonly to: number;
}

interface Ranges {
  /** Minutes of the day; the end is not part of it. */
  readonly times?: readonly Range[];
  /** Sunday is 0. */
  readonly weekdays?: readonly Range[];
  /** Negative ones count from the end of the month: -1 is its last day. */
  readonly days_of_month?: readonly Range[];
  readonly months?: readonly Range[];
  readonly years?: readonly Range[];
}

/**
 * Alertmanager's time interval: every field that is given must hold, and of each field one of its ranges. Without a location
 * it is meant in UTC. The clock on the wall decides: an hour that daylight saving takes away is never in it, one that comes
 * twice is in it twice.
 */
export class TimeInterval {
  /** As it was written: parsing them gives the same interval. */
  readonly fields: TimeIntervalFields;
  readonly #ranges: Ranges;
  readonly #zone: string;
  /** Nothing here is finer than a minute. */
  #lastMinute = Number.NaN;
  #lastAnswer = false;

  /** Everything that is wrong at once; a field without a value counts as not given. */
  static parse(value: unknown): ParsedTimeInterval {
    const faults: TimeIntervalFault[] = [];
    const interval = new FieldReader((path, message) => void faults.push({ path, message })).read(value);
    return faults.length > 0 || interval === undefined
      ? { ok: false, faults }
      : { ok: true, value: new TimeInterval(value as TimeIntervalFields, interval.ranges, interval.zone) };
  }

  private constructor(fields: TimeIntervalFields, ranges: Ranges, zone: string) {
    this.fields = fields;
    this.#ranges = ranges;
    this.#zone = zone;
  }

  /** `at` in milliseconds since the epoch. */
  contains(at: number): boolean {
    const minute = Math.floor(at / 60_000);
    if (minute !== this.#lastMinute) {
      this.#lastAnswer = holds(this.#ranges, wallTimeIn(this.#zone, at));
      this.#lastMinute = minute;
    }
    return this.#lastAnswer;
  }

  toJSON(): TimeIntervalFields {
    return this.fields;
  }
}

function holds(ranges: Ranges, { year, month, day, hour, minute }: WallTime): boolean {
  const minuteOfDay = hour * 60 + minute;
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return (
    (ranges.times?.some(({ from, to }) => minuteOfDay >= from && minuteOfDay < to) ?? true) &&
    (ranges.days_of_month?.some((range) => holdsDay(range, day, daysIn(year, month))) ?? true) &&
    isWithin(ranges.weekdays, weekday) &&
    isWithin(ranges.months, month) &&
    isWithin(ranges.years, year)
  );
}

function isWithin(ranges: readonly Range[] | undefined, value: number): boolean {
  return ranges?.some(({ from, to }) => value >= from && value <= to) ?? true;
}

/** A range that begins after the end of the month is not part of that month; one that reaches beyond it ends with it. */
function holdsDay({ from, to }: Range, day: number, days: number): boolean {
  const begin = from < 0 ? days + from + 1 : from;
  const end = to < 0 ? days + to + 1 : to;
  return begin <= days && day >= begin && day <= Math.min(end, days);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const weekdayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const monthNames = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];
const known = ['times', 'weekdays', 'days_of_month', 'months', 'years', 'location'];
const clock = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/** Reads the fields, and reports what is wrong with them. */
class FieldReader {
  readonly #fault: (path: string, message: string) => undefined;

  constructor(fault: (path: string, message: string) => void) {
    this.#fault = (path, message) => {
      fault(path, message);
      return undefined;
    };
  }

  read(value: unknown): { readonly ranges: Ranges; readonly zone: string } | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.#fault(
        '',
        'a time interval is a list of fields: times, weekdays, days_of_month, months, years, location',
      );
    const fields = value as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(fields)) {
      if (!known.includes(key)) this.#fault(key, `${key} is no field of a time interval${hint(key, known)}`);
    }
    return {
      ranges: {
        ...this.#list(fields, 'times', (entry, path) => this.#times(entry, path)),
        ...this.#list(fields, 'weekdays', (entry, path) => this.#weekdays(entry, path)),
        ...this.#list(fields, 'days_of_month', (entry, path) => this.#daysOfMonth(entry, path)),
        ...this.#list(fields, 'months', (entry, path) => this.#months(entry, path)),
        ...this.#list(fields, 'years', (entry, path) => this.#years(entry, path)),
      },
      zone: this.#zone(fields['location']),
    };
  }

  #list<K extends keyof Ranges>(
    fields: Readonly<Record<string, unknown>>,
    key: K,
    read: (entry: unknown, path: string) => Range | undefined,
  ): Ranges {
    const list = fields[key];
    if (list === undefined || list === null) return {};
    if (!Array.isArray(list)) return this.#fault(key, `${key} is a list`) ?? {};
    const ranges = list.map((entry: unknown, i) => read(entry, `${key}[${i}]`));
    return { [key]: ranges.filter((range) => range !== undefined) };
  }

  #times(entry: unknown, path: string): Range | undefined {
    if (typeof entry !== 'object' || entry === null)
      return this.#fault(
        path,
        'a time has a start_time and an end_time, as in { start_time: "09:00", end_time: "17:00" }',
      );
    const range = entry as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(range)) {
      if (!['start_time', 'end_time'].includes(key)) this.#fault(`${path}.${key}`, `${key} is no field of a time`);
    }
    const from = this.#minute(range['start_time'], `${path}.start_time`);
    const to = this.#minute(range['end_time'], `${path}.end_time`);
    if (from === undefined || to === undefined) return undefined;
    if (from >= to)
      return this.#fault(
        path,
        'the start time must lie before the end time; write a night as two: until 24:00, and from 00:00',
      );
    return { from, to };
  }

  #minute(value: unknown, path: string): number | undefined {
    const parts = typeof value === 'string' ? clock.exec(value) : null;
    if (parts === null) return this.#fault(path, `${shown(value)} is no time; it is written HH:MM, 00:00 to 24:00`);
    return parts[1] === undefined ? 1440 : Number(parts[1]) * 60 + Number(parts[2]);
  }

  #weekdays(entry: unknown, path: string): Range | undefined {
    const range = this.#range(entry, path, (text) => {
      const day = weekdayNames.indexOf(text);
      return day < 0 ? this.#fault(path, `${shown(text)} is no weekday${hint(text, weekdayNames)}`) : day;
    });
    if (range === undefined || range.from <= range.to) return range;
    return this.#fault(path, 'the first day comes after the last; the week begins on Sunday: write two ranges');
  }

  #daysOfMonth(entry: unknown, path: string): Range | undefined {
    const range = this.#range(entry, path, (text) => this.#number(text, path, 'day of the month', -31, 31));
    if (range === undefined) return undefined;
    const { from, to } = range;
    if (from === 0 || to === 0) return this.#fault(path, '0 is no day of the month; -1 is its last');
    if (from < 0 && to > 0) return this.#fault(path, 'the last day must be negative where the first is');
    // As many days as every month has: what is wrong in all of them is wrong here.
    const least = (day: number): number => (day < 0 ? 28 + day : day);
    if (least(from) > least(to))
      return this.#fault(path, `the last day, ${to}, always comes before the first, ${from}`);
    return range;
  }

  #months(entry: unknown, path: string): Range | undefined {
    const range = this.#range(entry, path, (text) => {
      const month = monthNames.indexOf(text) + 1;
      if (month > 0) return month;
      if (/^\d+$/.test(text)) return this.#number(text, path, 'month', 1, 12);
      return this.#fault(path, `${shown(text)} is no month${hint(text, monthNames)}`);
    });
    if (range === undefined || range.from <= range.to) return range;
    return this.#fault(path, 'the first month comes after the last; write two ranges');
  }

  #years(entry: unknown, path: string): Range | undefined {
    const range = this.#range(entry, path, (text) => this.#number(text, path, 'year', 0, 9999));
    if (range === undefined || range.from <= range.to) return range;
    return this.#fault(path, 'the first year comes after the last');
  }

  /** `a` or `a:b`, whatever the case. */
  #range(entry: unknown, path: string, read: (text: string) => number | undefined): Range | undefined {
    const parts = typeof entry === 'string' || typeof entry === 'number' ? String(entry).toLowerCase().split(':') : [];
    if (parts.length < 1 || parts.length > 2)
      return this.#fault(path, `${shown(entry)} is no range; it is written a or a:b`);
    const from = read((parts[0] as string).trim());
    const to = parts[1] === undefined ? from : read(parts[1].trim());
    return from === undefined || to === undefined ? undefined : { from, to };
  }

  #number(text: string, path: string, what: string, least: number, most: number): number | undefined {
    const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    return this.#fault(path, `${shown(text)} is no ${what}; it is a number from ${least} to ${most}`);
  }

  #zone(location: unknown): string {
    if (location === undefined || location === null || location === '') return 'UTC';
    if (location === 'Local') return new Intl.DateTimeFormat().resolvedOptions().timeZone;
    try {
      if (typeof location !== 'string') throw new TypeError();
      return new Intl.DateTimeFormat('en', { timeZone: location }).resolvedOptions().timeZone;
    } catch {
      this.#fault('location', `${shown(location)} is no time zone; it is a name such as Asia/Seoul, or UTC or Local`);
      return 'UTC';
    }
  }
}

function hint(word: string, allowed: readonly string[]): string {
  const meant = didYouMean(word, allowed);
  return meant === undefined ? `; it is one of ${allowed.join(', ')}` : `. ${meant}`;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

import { formatFloat } from './number-format.js';
import type { Value } from './value.js';
import { typeName } from './value.js';

const thousands = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const thousandths = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];
const binary = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

/** Four significant digits with an SI prefix. */
export function humanize(value: Value): string {
  const number = floatOf(value);
  if (number === 0 || !Number.isFinite(number)) return short(number);
  return Math.abs(number) >= 1 ? scaledDown(number, 1000, thousands) : scaledUp(number);
}

export function humanize1024(value: Value): string {
  const number = floatOf(value);
  if (Math.abs(number) <= 1 || !Number.isFinite(number)) return short(number);
  return scaledDown(number, 1024, binary);
}

/** Of seconds: `1d 2h 3m 4s`, or four significant digits below a minute. */
export function humanizeDuration(value: Value): string {
  const seconds = floatOf(value);
  if (!Number.isFinite(seconds)) return short(seconds);
  if (seconds === 0) return `${short(seconds)}s`;
  if (Math.abs(seconds) < 1) return `${scaledUp(seconds)}s`;
  const sign = seconds < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days !== 0) return `${sign}${days}d ${hours}h ${minutes}m ${whole % 60}s`;
  if (hours !== 0) return `${sign}${hours}h ${minutes}m ${whole % 60}s`;
  if (minutes !== 0) return `${sign}${minutes}m ${whole % 60}s`;
  return `${sign}${short(Math.abs(seconds))}s`;
}

/** Of a ratio. */
export function humanizePercentage(value: Value): string {
  return `${short(floatOf(value) * 100)}%`;
}

/** Of seconds since the epoch, in UTC, to the millisecond. */
export function humanizeTimestamp(value: Value): string {
  const seconds = floatOf(value);
  if (!Number.isFinite(seconds)) return short(seconds);
  const nanoseconds = seconds * 1e9;
  if (Math.abs(nanoseconds) > 2 ** 63)
    throw new Error(
      `${formatFloat(seconds, 'g')} cannot be represented as a nanoseconds timestamp since it overflows int64`,
    );
  const at = new Date(Number(BigInt(Math.trunc(nanoseconds)) / 1_000_000n));
  const [date = '', time = ''] = at.toISOString().split('T');
  const fraction = time.slice(9, 12).replace(/0+$/, '');
  return `${date} ${time.slice(0, 8)}${fraction === '' ? '' : `.${fraction}`} +0000 UTC`;
}

/** Anything that Prometheus takes for a number, numbers in strings included. */
export function floatOf(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') return parsedFloat(value);
  throw new Error(`can't convert ${typeName(value)} to float`);
}

function parsedFloat(text: string): number {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    const value = Number(text);
    if (!Number.isFinite(value))
      throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: value out of range`);
    return value;
  }
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function short(value: number): string {
  return formatFloat(value, 'g', 4);
}

function scaledDown(value: number, step: number, prefixes: readonly string[]): string {
  let rest = value;
  let prefix = '';
  for (const next of prefixes) {
    if (Math.abs(rest) < step) break;
    prefix = next;
    rest /= step;
  }
  return short(rest) + prefix;
}

function scaledUp(value: number): string {
  let rest = value;
  let prefix = '';
  for (const next of thousandths) {
    if (Math.abs(rest) >= 1) break;
    prefix = next;
    rest *= 1000;
  }
  return short(rest) + prefix;
}

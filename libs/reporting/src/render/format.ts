import type { Figure } from '../daily/figure.js';
import type { ReportTexts } from './texts/texts.js';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const long = new Intl.NumberFormat('en', { maximumSignificantDigits: 8 });

/** `2026-01-31 09:30:00` */
export function time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** Without what the reader knows: seconds of whole minutes, the day within a day. */
export function shortTime(ms: number, withDay: boolean): string {
  const text = time(ms);
  const clock = text.endsWith(':00') ? text.slice(11, 16) : text.slice(11);
  return withDay ? `${text.slice(5, 10)} ${clock}` : clock;
}

/** The end of a stretch: midnight belongs to the day that it ends. */
export function endTime(ms: number, withDay: boolean): string {
  return !withDay && ms % dayMs === 0 ? '24:00' : shortTime(ms, withDay);
}

export function isWholeDay(fromMs: number, toMs: number): boolean {
  return toMs - fromMs === dayMs && fromMs % dayMs === 0;
}

/** At most two units: `1 h 3 min`. */
export function duration(ms: number, { units }: ReportTexts): string {
  if (ms < secondMs) return units.milliseconds(whole.format(ms));
  if (ms < 10 * secondMs) return units.seconds(short.format(ms / secondMs));
  const seconds = Math.round(ms / secondMs);
  if (seconds < 60) return units.seconds(String(seconds));
  if (seconds < 3_600) return two(seconds, 60, units.minutes, units.seconds);
  const minutes = Math.round(ms / minuteMs);
  if (minutes < 1_440) return two(minutes, 60, units.hours, units.minutes);
  return two(Math.round(ms / hourMs), 24, units.days, units.hours);
}

function two(amount: number, per: number, great: (n: string) => string, small: (n: string) => string): string {
  const rest = amount % per;
  return `${great(String(Math.floor(amount / per)))}${rest === 0 ? '' : ` ${small(String(rest))}`}`;
}

/** A share of a whole; only what is whole is shown as 100%. */
export function share(ratio: number): string {
  return `${(Math.floor(ratio * 10_000 + 1e-9) / 100).toFixed(2).replace(/\.?0+$/, '')}%`;
}

export function percent(ratio: number): string {
  return `${short.format(ratio * 100)}%`;
}

export function signedPercent(ratio: number): string {
  return `${ratio > 0 ? '+' : ''}${(ratio * 100).toFixed(2)}%`;
}

export function price(value: number): string {
  return long.format(value);
}

export function count(value: number): string {
  return whole.format(value);
}

export function milliseconds(value: number): string {
  return value >= 1_000 ? whole.format(value) : short.format(value);
}

export function amount(value: number): string {
  return short.format(value);
}

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)));
  return `${short.format(value / 1024 ** step)} ${units[step] ?? ''}`;
}

/** The figure, or a dash with the reason. */
export function figure(of: Figure, texts: ReportTexts, format: (value: number) => string): string {
  return of.value === null ? `– (${texts.reasons[of.reason]})` : format(of.value);
}

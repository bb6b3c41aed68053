import type { MessageWords } from './words.js';

const unitMs = [86_400_000, 3_600_000, 60_000, 1000];

/** A length of time in its two largest units: `12 s`, `2 h 5 min`. */
export function formatElapsed(ms: number, units: MessageWords['units']): string {
  const whole = Math.max(0, Math.round(ms / 1000) * 1000);
  const first = unitMs.findIndex((size) => whole >= size);
  if (first < 0) return `0${units[3]}`;
  let rest = whole;
  const parts = unitMs.slice(first, first + 2).map((size, i) => {
    const count = Math.floor(rest / size);
    rest %= size;
    return count === 0 ? '' : `${count}${units[first + i] as string}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** `2026-01-02 03:04:05 UTC` */
export function formatTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '?' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

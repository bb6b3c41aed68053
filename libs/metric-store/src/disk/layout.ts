import type { MetricDescription } from '@tapewatch/model';

/*
 * Where things lie, in numbers. Samples go from the tick log (a row a second) to blocks (five minutes of 64 series) in head.db, and from
 * there, when their hour is over, to the day's files: raw-YYYY-MM-DD.db (an hour of 64 series a row) and rollup-YYYY-MM-DD.db (their minutes).
 */
export const blockMs = 300_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
/**
 * Samples are kept so much longer than is promised, so that a query over all of that time also finds what its first step looks back at, and is not
 * answered from minutes for five missing ones. Files are of days, so that it takes next to no room.
 */
export const rawMarginMs = hourMs;
export const headName = 'head.db';
/** In `HeadFile.fact`: up to here everything is in the files of days. */
export const closedUntil = 'closed_until';
export const seriesPerPage = 64;
/** Pages that one hour, or one block's time, may have. */
const pages = 2 ** 26;

export type DayKind = 'raw' | 'rollup';

/** A series as it stands in the files. Ids grow by one and are never given again. */
export interface StoredSeries {
  readonly id: number;
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly metric: MetricDescription;
  /** Its samples have times of their own. */
  readonly pushed?: true;
}

export function pageOf(seriesId: number): number {
  return Math.floor(seriesId / seriesPerPage);
}

export function firstOfPage(page: number): number {
  return page * seriesPerPage;
}

export function blockKey(bucket: number, page: number): number {
  return bucket * pages + page;
}

export function bucketOfKey(key: number): number {
  return Math.floor(key / pages);
}

export function pageOfKey(key: number): number {
  return key % pages;
}

export function hourKey(hourStartMs: number, page: number): number {
  return Math.floor((hourStartMs % dayMs) / hourMs) * pages + page;
}

export function hourOfKey(dayStartMs: number, key: number): number {
  return dayStartMs + Math.floor(key / pages) * hourMs;
}

export function startOf(timeMs: number, unitMs: number): number {
  return Math.floor(timeMs / unitMs) * unitMs;
}

export function dayFileName(kind: DayKind, dayStartMs: number): string {
  return `${kind}-${new Date(dayStartMs).toISOString().slice(0, 10)}.db`;
}

/** Undefined when it is no file of a day. */
export function dayOfFileName(name: string): { readonly kind: DayKind; readonly dayStartMs: number } | undefined {
  const [, kind, day] = /^(raw|rollup)-(\d{4}-\d\d-\d\d)\.db$/.exec(name) ?? [];
  if (kind === undefined || day === undefined) return undefined;
  const dayStartMs = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(dayStartMs) ? undefined : { kind: kind as DayKind, dayStartMs };
}

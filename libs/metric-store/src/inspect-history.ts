import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@tapewatch/model';
import { DayFile } from './disk/day-file.js';
import { HeadFile } from './disk/head-file.js';
import { dayOfFileName, headName, hourMs, type DayKind } from './disk/layout.js';
import { decodeHour } from './disk/page-row.js';
import { decodeRollup } from './disk/rollup-row.js';
import { sizeOf } from './disk/sqlite-file.js';
import { decodeTotals } from './disk/totals-row.js';

/** One file of the history, as it was found. */
export interface HistoryFileReport {
  readonly name: string;
  /** `set aside`: it was damaged when a server met it. */
  readonly kind: 'head' | DayKind | 'set aside';
  /** What is not yet moved into the file itself included. */
  readonly bytes: number;
  readonly series: number;
  /** Of a file of minutes, the samples that they sum up. */
  readonly samples: number;
  /** Rows that were decoded. */
  readonly rows: number;
  readonly damagedRows: number;
  /** Absent when it holds no sample. */
  readonly oldestMs?: number;
  readonly newestMs?: number;
  /** Why the file cannot be read, or not to its end. */
  readonly problem?: string;
}

/**
 * Looks at every file of a history, read-only, also while a server writes there. With `verify` every row is decoded and its checksum
 * compared; without, only what is needed to count.
 */
export function* inspectHistory(folder: string, options: { readonly verify: boolean }): Generator<HistoryFileReport> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const day = dayOfFileName(name);
    const bytes = sizeOf(path) + sizeOf(`${path}-wal`);
    if (name === headName) yield report({ name, kind: 'head', bytes }, () => inspectHead(path));
    else if (day !== undefined)
      yield report({ name, kind: day.kind, bytes }, () => inspectDay(path, day.kind, day.dayStartMs, options.verify));
    else if (/\.db\.damaged-[^.]*$/.test(name)) yield { name, kind: 'set aside', bytes, ...nothing };
  }
}

type Found = Omit<HistoryFileReport, 'name' | 'kind' | 'bytes'>;

const nothing = { series: 0, samples: 0, rows: 0, damagedRows: 0 };

function report(file: Pick<HistoryFileReport, 'name' | 'kind' | 'bytes'>, inspect: () => Found): HistoryFileReport {
  try {
    return { ...file, ...inspect() };
  } catch (thrown) {
    return { ...file, ...nothing, problem: messageOf(thrown) };
  }
}

function inspectHead(path: string): Found {
  let damagedRows = 0;
  const head = new HeadFile(path, () => damagedRows++, true);
  try {
    const blocks = head.blockKeys(0, Infinity);
    let [samples, rows] = [0, 0];
    let [oldest, newest] = [Infinity, -Infinity];
    for (const { bucket, page } of blocks) {
      rows++;
      for (const { times } of head.block(bucket, page).values()) {
        samples += times.length;
        oldest = Math.min(oldest, times[0] as number);
        newest = Math.max(newest, times.at(-1) as number);
      }
    }
    for (const { atMs, ids, pushed } of head.ticks(0, Infinity)) {
      rows++;
      samples += ids.length + (pushed?.ids.length ?? 0);
      oldest = Math.min(oldest, atMs);
      newest = Math.max(newest, atMs);
    }
    return { series: head.seriesTexts().size, samples, rows, damagedRows, ...times(oldest, newest) };
  } finally {
    head.close();
  }
}

function inspectDay(path: string, kind: DayKind, startMs: number, verify: boolean): Found {
  let damagedRows = 0;
  const day = new DayFile(path, kind, startMs, () => damagedRows++, { readOnly: true });
  try {
    const series = day.series().length;
    const hours = day.hours;
    const checked = verify ? verifyDay(day) : { rows: 0, damagedRows: 0 };
    damagedRows += checked.damagedRows;
    const [first, last] = [hours[0] ?? Infinity, (hours.at(-1) ?? -Infinity) + hourMs];
    return { series, samples: day.samples, rows: checked.rows, damagedRows, ...times(first, last) };
  } finally {
    day.close();
  }
}

function verifyDay(day: DayFile): { readonly rows: number; readonly damagedRows: number } {
  let rows = 0;
  let damagedRows = 0;
  const attempt = (decode: () => void): void => {
    rows++;
    try {
      decode();
    } catch {
      damagedRows++;
    }
  };
  for (const { hourStartMs, key, data } of day.rows()) {
    if (day.kind === 'raw') attempt(() => decodeHour(key, hourStartMs, data, { damaged: () => damagedRows++ }));
    else attempt(() => decodeRollup(key, hourStartMs, data));
  }
  for (const hour of day.hours) {
    day.seconds(hour);
    rows++;
    const totals = day.totals(hour);
    if (totals !== undefined) attempt(() => decodeTotals(hour, totals));
  }
  return { rows, damagedRows };
}

function times(oldestMs: number, newestMs: number): Pick<HistoryFileReport, 'oldestMs' | 'newestMs'> {
  return Number.isFinite(oldestMs) && Number.isFinite(newestMs) ? { oldestMs, newestMs } : {};
}

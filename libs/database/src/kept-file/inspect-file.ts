import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { holdsPageSums, readPageSums, sumOf, type PageSums } from './page-sums.ts';
import { readWal, type WalReading } from './wal-file.ts';

/** What a look at the files tells before SQLite sees them. */
export type Inspection =
  | { readonly verdict: 'new' }
  | { readonly verdict: 'damaged'; readonly reason: string }
  | { readonly verdict: 'foreign' }
  | {
      readonly verdict: 'whole';
      /** False: there are no checksums for this file, so its structure has to be checked. */
      readonly summed: boolean;
      readonly sums: PageSums | undefined;
      readonly generation: number;
      /** Changes that had been kept and are no longer there, in words. */
      readonly lost: string | undefined;
    };

/** 'TAPW', in the header of every file of ours. */
export const applicationId = 0x54415057;

export function sumsPath(path: string): string {
  return `${path}-sums`;
}

export function logPath(path: string): string {
  return `${path}-wal`;
}

/** An open file is marked by an odd number: its log has to be there. */
export function isOpenMark(generation: number): boolean {
  return generation % 2 === 1;
}

/** A file that is missing or empty is new, unless what lies beside it, or `mustExist`, tells that there has been one. */
export function inspectFile(path: string, mustExist = false): Inspection {
  const log = readIfThere(logPath(path));
  const file = openIfThere(path);
  try {
    const size = file === undefined ? 0 : fstatSync(file).size;
    if (file === undefined || size === 0) {
      if (log !== undefined && log.length > 0 && file === undefined)
        return { verdict: 'damaged', reason: 'it is missing, but its log is there' };
      // Checksums are made last: a first start that was killed leaves none.
      const wasThere = mustExist || (log?.length ?? 0) > 0 || holdsPageSums(sumsPath(path));
      if (!wasThere) return { verdict: 'new' };
      return { verdict: 'damaged', reason: file === undefined ? 'it is missing' : 'it is empty' };
    }
    return inspectPages(file, size, path, log);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function inspectPages(file: number, size: number, path: string, log: Buffer | undefined): Inspection {
  const header = Buffer.alloc(100);
  readSync(file, header, 0, 100, 0);
  const pageSize = pageSizeIn(header);
  if (pageSize === undefined) return { verdict: 'damaged', reason: 'it is no SQLite database' };
  const id = header.readUInt32BE(68);
  if (id !== 0 && id !== applicationId) return { verdict: 'foreign' };
  const wal = readWal(log ?? Buffer.alloc(0));
  const generation = header.readUInt32BE(60);
  const sums = readPageSums(sumsPath(path));
  const summed = sums !== undefined && sums.generation === generation && sums.pageSize === pageSize;
  const logGone = isOpenMark(generation) && log === undefined;
  const wrong = summed ? (wrongPage(file, size, sums, wal) ?? halfTaken(sums, wal)) : undefined;
  if (wrong !== undefined && !logGone) return { verdict: 'damaged', reason: wrong };
  const whole = summed && wrong === undefined;
  return {
    verdict: 'whole',
    summed: whole,
    sums: whole ? sums : undefined,
    generation,
    lost: logGone ? goneLog(wrong) : brokenLog(wal),
  };
}

/** Whoever opens a killed program's file with SQLite's own tools takes the log in and leaves no trace of it. */
function goneLog(wrong: string | undefined): string {
  return wrong === undefined
    ? 'its log is gone, and with it the changes since the last checkpoint'
    : 'its log is gone, or was taken in by another program; that what it holds is what was written cannot be told any more';
}

function brokenLog(wal: WalReading): string | undefined {
  // A power failure may cut the last commit short; then nobody was told that it had been kept.
  if (wal.lostCommits === 1) return 'its log is damaged at the end: the last change may be gone';
  return wal.lostCommits > 1 ? `its log is damaged: ${wal.lostCommits} changes or more are gone` : undefined;
}

function pageSizeIn(header: Buffer): number | undefined {
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\u0000') return undefined;
  const written = header.readUInt16BE(16);
  const size = written === 1 ? 65_536 : written;
  return size >= 512 && (size & (size - 1)) === 0 ? size : undefined;
}

/** What the log holds will be put over the page, so what the page holds does not count. */
function wrongPage(file: number, size: number, { pageSize, sums }: PageSums, wal: WalReading): string | undefined {
  const chunk = Buffer.allocUnsafe(Math.max(pageSize, 1 << 20));
  const pagesAtOnce = chunk.length / pageSize;
  // What a commit in the log has cut off is not there any more, or need not be.
  const pages = wal.pageCount > 0 ? Math.min(sums.length, wal.pageCount) : sums.length;
  for (let first = 0; first < pages; first += pagesAtOnce) {
    readSync(file, chunk, 0, chunk.length, first * pageSize);
    for (let i = first; i < Math.min(pages, first + pagesAtOnce); i++) {
      if (wal.pages.has(i + 1)) continue;
      if ((i + 1) * pageSize > size) return `it ends before page ${i + 1} of ${pages}`;
      const at = (i - first) * pageSize;
      if (sumOf(chunk.subarray(at, at + pageSize)) !== sums[i]) return `page ${i + 1} is not as it was written`;
    }
  }
  return undefined;
}

/** The log was being taken into the file, and is no longer whole. */
function halfTaken({ log }: PageSums, wal: WalReading): string | undefined {
  const same = log.frames > 0 && log.salts[0] === wal.salts[0] && log.salts[1] === wal.salts[1];
  return same && wal.frames < log.frames ? 'its log is damaged' : undefined;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

import { fstatSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { logPath, sumsPath } from './inspect-file.ts';
import { sumOf, writePageSums, type PageSums } from './page-sums.ts';
import { readWal } from './wal-file.ts';

/** The log is taken into the file when it has grown to this; SQLite's own default, in bytes. */
const logBytes = 4 * 1024 ** 2;
/** While checksums cannot be written (the disk is full), the log may grow to this before it is taken in without them. */
const longestLogBytes = 64 * 1024 ** 2;

/**
 * Takes the log into the database file, and keeps the checksums of its pages. They are on disk before the pages change, so that a kill at
 * any moment leaves pages that either agree with them or are covered by the log. Between two checkpoints the file does not change.
 */
export class Checkpoints {
  readonly #database: DatabaseSync;
  readonly #path: string;
  /** Kept open for as long as SQLite has the file open: to close it would end SQLite's lock. */
  readonly #file: number;
  /** Undefined while there are none: they are made anew at the next checkpoint. */
  #sums: PageSums | undefined;
  #held = 0;

  constructor(database: DatabaseSync, path: string, file: number, sums: PageSums | undefined) {
    this.#database = database;
    this.#path = path;
    this.#file = file;
    this.#sums = sums;
  }

  /** After every statement outside of a transaction. */
  whenDue(): void {
    const size = this.logSize();
    if (size < logBytes || this.#held > 0 || this.#database.isTransaction) return;
    try {
      this.now();
    } catch {
      // Nothing is lost: the log holds it, and the next statement tries again.
      if (size > longestLogBytes) this.withoutSums();
    }
  }

  /** Throws when something cannot be written; the log stays then. */
  now(): void {
    if (this.#sums !== undefined && this.logSize() > 0) {
      const sums = this.sumsWithLog(this.#sums);
      writePageSums(sumsPath(this.#path), sums);
      this.#sums = sums;
    }
    this.takeIn();
    if (this.#sums === undefined) this.rebuild();
  }

  /** Calls the work while no checkpoint changes the file. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await work();
    } finally {
      this.#held--;
    }
  }

  private takeIn(): void {
    const { busy } = this.#database.prepare('pragma wal_checkpoint(truncate)').get() as { busy: number };
    if (busy !== 0) throw new Error('the log cannot be taken in now');
  }

  private withoutSums(): void {
    rmSync(sumsPath(this.#path), { force: true });
    this.#sums = undefined;
    this.takeIn();
  }

  private sumsWithLog(before: PageSums): PageSums {
    const log = readFileSync(logPath(this.#path));
    const wal = readWal(log);
    const sums = new Uint32Array(wal.pageCount > 0 ? wal.pageCount : before.sums.length);
    sums.set(before.sums.subarray(0, sums.length));
    for (const [page, offset] of wal.pages)
      if (page <= sums.length) sums[page - 1] = sumOf(log.subarray(offset, offset + before.pageSize));
    return {
      generation: this.pragma('user_version'),
      pageSize: before.pageSize,
      sums,
      log: { salts: wal.salts, frames: wal.frames },
    };
  }

  /** From what the file holds; the log is empty. */
  private rebuild(): void {
    const pageSize = this.pragma('page_size');
    const sums = new Uint32Array(Math.floor(fstatSync(this.#file).size / pageSize));
    const page = Buffer.allocUnsafe(pageSize);
    for (let i = 0; i < sums.length; i++) {
      readSync(this.#file, page, 0, pageSize, i * pageSize);
      sums[i] = sumOf(page);
    }
    const made = {
      generation: this.pragma('user_version'),
      pageSize,
      sums,
      log: { salts: [0, 0], frames: 0 },
    } as const;
    writePageSums(sumsPath(this.#path), made);
    this.#sums = made;
  }

  private pragma(name: 'user_version' | 'page_size'): number {
    return Number(Object.values(this.#database.prepare(`pragma ${name}`).get() ?? {})[0]);
  }

  private logSize(): number {
    return statSync(logPath(this.#path), { throwIfNoEntry: false })?.size ?? 0;
  }
}

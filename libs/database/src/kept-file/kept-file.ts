import { createHash } from 'node:crypto';
import { chmodSync, closeSync, copyFileSync, existsSync, fstatSync, openSync, read, rmSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { Checkpoints } from './checkpoints.ts';
import { applicationId, inspectFile, isOpenMark, logPath, type Inspection } from './inspect-file.ts';
import { isHeldByAnother, lockState } from './state-lock.ts';
import type { FileCopy, Opening } from '../sqlite/protocol.ts';

type StateLock = ReturnType<typeof lockState>;

const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const notADatabase = 26;
const copyChunk = 1 << 20;
const generationAt = 60;
const journalModeAt = 18;
const rollbackJournal = 1;

/** The database file of this process: locked, looked at before SQLite reads it, and copied while it is in use. */
export class KeptFile {
  readonly database: DatabaseSync;
  readonly checkpoints: Checkpoints;
  readonly #path: string;
  readonly #lock: StateLock;
  /**
   * A reader that is never closed before `database`: whoever closes a database last takes its log in, and SQLite does not keep our checksums.
   * It cannot, as it may not write. Made last, it is the last that Node closes when the thread or the process is ended.
   */
  readonly #guard: DatabaseSync;
  readonly #file: number;
  readonly #generation: number;

  /**
   * Gives what is wrong instead of the file when it cannot be used; then nothing was changed. With `mustExist` no file is made: one that is
   * missing is damaged.
   */
  static open(
    path: string,
    damagedSuffix: string,
    mustExist = false,
  ): { readonly opening: Opening; readonly file?: KeptFile } {
    let lock: StateLock | undefined;
    try {
      lock = lockState(path);
      const inspection = inspectFile(path, mustExist);
      if (inspection.verdict === 'damaged') return closed(lock, { state: 'damaged', reason: inspection.reason });
      if (inspection.verdict === 'foreign') return closed(lock, { state: 'foreign' });
      if (inspection.verdict === 'whole' && inspection.lost !== undefined) keepLog(path, damagedSuffix);
      const file = new KeptFile(path, lock, inspection);
      return { opening: { state: 'open', lost: inspection.verdict === 'whole' ? inspection.lost : undefined }, file };
    } catch (thrown) {
      return closed(lock, openingOf(thrown));
    }
  }

  private constructor(path: string, lock: StateLock, inspection: Extract<Inspection, { verdict: 'new' | 'whole' }>) {
    this.#path = path;
    this.#lock = lock;
    makePrivate(path, inspection.verdict === 'new');
    this.database = new DatabaseSync(path);
    try {
      prepare(this.database, inspection);
      this.#guard = new DatabaseSync(path, { readOnly: true });
      this.#guard.prepare('select count(*) from sqlite_schema').get();
      this.#file = openSync(path, 'r');
    } catch (thrown) {
      this.database.close();
      throw thrown;
    }
    const sums = inspection.verdict === 'whole' ? inspection.sums : undefined;
    this.checkpoints = new Checkpoints(this.database, path, this.#file, sums);
    this.#generation = nextGeneration(inspection);
    this.markOpen();
  }

  /** A copy of what is committed, checkpointed first; statements go on meanwhile. */
  async copy(to: string, progress: (done: number, total: number) => void): Promise<FileCopy> {
    this.checkpoints.now();
    return this.checkpoints.hold(() => copyFile(this.#file, to, progress));
  }

  close(): void {
    try {
      if (this.database.isTransaction) this.database.exec('rollback');
      this.mark(this.#generation + 1);
    } catch {
      // The disk is full, say: the log stays, and holds everything.
    }
    this.closeAll();
    this.#lock.release();
  }

  private closeAll(): void {
    this.database.close();
    this.#guard.close();
    closeSync(this.#file);
    if (statSync(logPath(this.#path), { throwIfNoEntry: false })?.size !== 0) return;
    for (const left of [logPath(this.#path), `${this.#path}-shm`]) rmSync(left, { force: true });
  }

  /** On a full disk a file that exists is opened all the same: people are told from memory until there is room again. */
  private markOpen(): void {
    try {
      this.mark(this.#generation);
    } catch (thrown) {
      const code = Number((thrown as { errcode?: unknown }).errcode ?? 0) & 0xff;
      if (this.database.isTransaction) this.database.exec('rollback');
      if (code !== full && (thrown as NodeJS.ErrnoException).code !== 'ENOSPC') {
        this.closeAll();
        throw thrown;
      }
    }
  }

  private mark(generation: number): void {
    this.database.exec(
      `begin immediate; pragma application_id = ${applicationId}; pragma user_version = ${generation}; commit`,
    );
    this.checkpoints.now();
  }
}

/**
 * Tokens' hashes and addresses of people are in it. SQLite gives a new log the mode of its file; those of an earlier version are mended, where
 * they are this user's.
 */
function makePrivate(path: string, isNew: boolean): void {
  if (isNew) closeSync(openSync(path, 'a', 0o600));
  for (const file of [path, logPath(path), `${path}-shm`]) {
    try {
      chmodSync(file, 0o600);
    } catch {
      continue;
    }
  }
}

/** SQLite will pass over what is damaged in it; somebody may still want to look. */
function keepLog(path: string, suffix: string): void {
  const log = logPath(path);
  if (existsSync(log)) copyFileSync(log, `${log}${suffix}`);
}

function prepare(database: DatabaseSync, inspection: Inspection): void {
  database.exec('pragma busy_timeout = 1000');
  // Before anything is written: it cannot be changed later without writing the whole file anew.
  if (inspection.verdict === 'new') database.exec('pragma auto_vacuum = incremental');
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  database.exec('pragma wal_autocheckpoint = 0');
  if (inspection.verdict === 'whole' && !inspection.summed) checkStructure(database);
  const { auto_vacuum: mode } = database.prepare('pragma auto_vacuum').get() as { auto_vacuum: number };
  if (mode !== 2) convert(database);
}

function checkStructure(database: DatabaseSync): void {
  const { quick_check: found } = database.prepare('pragma quick_check(1)').get() as { quick_check: string };
  if (found !== 'ok') throw Object.assign(new Error(found), { errcode: corrupt });
}

/** A file of an earlier version; when there is no room for it, it is tried again at the next start. */
function convert(database: DatabaseSync): void {
  try {
    database.exec('pragma auto_vacuum = incremental; vacuum');
  } catch {
    return;
  }
}

/** Odd while it is open; at random, so that no copy of the file has the same by chance. */
function nextGeneration(inspection: Inspection): number {
  const before = inspection.verdict === 'whole' ? inspection.generation : 0;
  for (;;) {
    const made = Math.floor(Math.random() * 2 ** 29) * 2 + 1;
    if (made !== before && isOpenMark(made)) return made;
  }
}

async function copyFile(file: number, to: string, progress: (done: number, total: number) => void): Promise<FileCopy> {
  const total = fstatSync(file).size;
  const hash = createHash('sha256');
  const target = await open(to, 'w', 0o600);
  try {
    const chunk = Buffer.allocUnsafe(copyChunk);
    for (let done = 0; done < total;) {
      const { bytesRead } = await promisify(read)(file, chunk, 0, copyChunk, done);
      if (bytesRead === 0) throw new Error('the file became shorter while it was copied');
      if (done === 0) asCopy(chunk);
      const piece = chunk.subarray(0, bytesRead);
      hash.update(piece);
      await target.writeFile(piece);
      done += bytesRead;
      progress(done, total);
    }
    await target.sync();
  } catch (thrown) {
    await target.close();
    await rm(to, { force: true });
    throw thrown;
  }
  await target.close();
  return { bytes: total, sha256: hash.digest('hex') };
}

/** The first page of a file that is not open, to which no checksums belong, and which needs no log to be read. */
function asCopy(firstPage: Buffer): void {
  firstPage.writeUInt32BE(0, generationAt);
  firstPage.fill(rollbackJournal, journalModeAt, journalModeAt + 2);
}

function closed(lock: StateLock | undefined, opening: Opening): { readonly opening: Opening } {
  lock?.release();
  return { opening };
}

function openingOf(thrown: unknown): Opening {
  // Extended result codes carry the primary one in their lowest byte.
  const code = Number((thrown as { errcode?: unknown }).errcode ?? 0) & 0xff;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (isHeldByAnother(thrown)) return { state: 'in use' };
  if (code === corrupt || code === notADatabase) return { state: 'damaged', reason: message };
  const isFull = code === full || (thrown as NodeJS.ErrnoException).code === 'ENOSPC';
  return { state: 'failed', message, because: isFull ? 'disk full' : code === cannotOpen ? 'cannot open' : undefined };
}

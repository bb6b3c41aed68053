import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';

/** SQLite says that the file is no database any more; `path` is the file. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`${path} is damaged (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
    this.path = path;
  }
}

/** The file was closed while work in steps still had it in hand, as when it was set aside meanwhile. */
export class ClosedFileError extends Error {
  override readonly name = 'ClosedFileError';
}

export interface SqliteFileOptions {
  readonly schema: string;
  /** Every commit is synced to the disk, not only every checkpoint. */
  readonly durable: boolean;
  /** Changes nothing, and works beside a process that writes. */
  readonly readOnly?: boolean;
}

type Row = Record<string, SQLOutputValue>;

/** Small pages: long rows go to overflow pages, which are full, so that only the ends of rows leave room empty. */
const pageSize = 4096;

/** How SQLite is used here: WAL, so that others can read meanwhile, and statements kept. Throws DamagedFileError. */
export class SqliteFile {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, options: SqliteFileOptions) {
    this.path = path;
    // Nobody else reads it; what SQLite puts beside it gets the same mode.
    if (options.readOnly !== true && sizeOf(path) === 0) closeSync(openSync(path, 'a', 0o600));
    this.#database = new DatabaseSync(path, { readOnly: options.readOnly === true });
    try {
      this.#database.exec('pragma busy_timeout = 2000');
      this.#database.exec(`pragma cache_size = ${options.durable ? -2000 : -500}`);
      if (options.readOnly === true) return;
      this.#database.exec(`pragma page_size = ${pageSize}`);
      this.#database.exec('pragma journal_mode = wal');
      this.#database.exec(`pragma synchronous = ${options.durable ? 'full' : 'normal'}`);
      this.#database.exec(options.schema);
    } catch (thrown) {
      this.#database.close();
      throw isDamage(thrown) || isUnreadableSchema(thrown) ? new DamagedFileError(path, thrown) : thrown;
    }
  }

  all(sql: string, ...parameters: readonly SQLInputValue[]): Row[] {
    return this.ask(() => this.prepare(sql).all(...parameters));
  }

  get(sql: string, ...parameters: readonly SQLInputValue[]): Row | undefined {
    return this.ask(() => this.prepare(sql).get(...parameters));
  }

  run(sql: string, ...parameters: readonly SQLInputValue[]): void {
    this.ask(() => this.prepare(sql).run(...parameters));
  }

  /** Everything that `work` writes, or nothing. */
  transaction(work: () => void): void {
    this.attempt(() => this.#database.exec('begin immediate'));
    try {
      work();
      this.attempt(() => this.#database.exec('commit'));
    } catch (thrown) {
      // A full disk rolls back by itself.
      if (this.#database.isOpen && this.#database.isTransaction) this.attempt(() => this.#database.exec('rollback'));
      throw thrown;
    }
  }

  /** Moves everything into the file itself and syncs it. */
  checkpoint(): void {
    this.attempt(() => this.#database.exec('pragma wal_checkpoint(truncate)'));
  }

  /** Safe twice. */
  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  private prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }

  /** Runs a statement of ours, which nothing but a damaged schema can make a wrong one. */
  private ask<T>(work: () => T): T {
    return this.attempt(() => {
      try {
        return work();
      } catch (thrown) {
        throw isUnreadableSchema(thrown) ? new DamagedFileError(this.path, thrown) : thrown;
      }
    });
  }

  private attempt<T>(work: () => T): T {
    if (!this.#database.isOpen) throw new ClosedFileError(`${this.path} is closed`);
    try {
      return work();
    } catch (thrown) {
      throw this.named(thrown);
    }
  }

  private named(thrown: unknown): unknown {
    return isDamage(thrown) ? new DamagedFileError(this.path, thrown) : thrown;
  }
}

const logicError = 1;
const corrupt = 11;
const notADatabase = 26;

function isDamage(thrown: unknown): boolean {
  const code = (thrown as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' && ((code & 255) === corrupt || (code & 255) === notADatabase);
}

/** "no such column", "unsupported file format" and the like. */
function isUnreadableSchema(thrown: unknown): boolean {
  return ((thrown as { errcode?: number } | undefined)?.errcode ?? 0) === logicError;
}

/** Gives a damaged file another name beside its own, and returns that. */
export function setAside(path: string, nowMs: number): string {
  const aside = `${path}.damaged-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      renameSync(path + suffix, aside + suffix);
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== 'ENOENT') throw thrown;
    }
  }
  return aside;
}

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

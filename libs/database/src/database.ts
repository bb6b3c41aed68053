import { Kysely as KyselyDatabase, sql, type Kysely, type Transaction } from 'kysely';
import { migrate, type Migration } from './migrations.js';
import { openSqlite } from './sqlite/open-sqlite.js';
import type { FileCopy } from './sqlite/protocol.js';
import { ReopeningConnection } from './sqlite/reopening-connection.js';
import { sqliteDialect } from './sqlite/sqlite-dialect.js';

/** A view of the state database for one stage: `Tables` is the part of the schema that the stage owns. */
export interface TablesOf {
  tables<Tables>(): Kysely<Tables>;
}

/** Work that is committed or undone as one; stages that share it each see their own tables. */
export type DatabaseTransaction = TablesOf;

/** The state of the program: one file, one connection, one writer. */
export interface Database extends TablesOf {
  /** Commits when the work resolves, rolls back when it rejects. Others wait meanwhile: keep it short, and never wait for `tables` of the database inside. */
  transaction<T>(work: (transaction: DatabaseTransaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The database with what only its keeper does. */
export interface KeptDatabase extends Database {
  /** Copies what is committed to a new file, page for page, while statements go on. */
  copy(to: string, progress?: (done: number, total: number) => void): Promise<FileCopy>;
  /** Gives at most so many unused pages back to the disk; resolves with how many there still are. */
  releasePages(atMost: number): Promise<number>;
  /** Takes the log into the file. */
  checkpoint(): Promise<void>;
  /** Changes that had been kept and are no longer there, in words: the log was missing or damaged. */
  readonly lost: string | undefined;
}

export interface OpenDatabaseOptions {
  readonly path: string;
  readonly migrations: readonly Migration[];
  /** Put behind the name of what is damaged and kept for a look. */
  readonly damagedSuffix?: string;
  /** There has been a state here, so that a file that is missing or empty is damaged; by default only its checksums and its log tell. */
  readonly mustExist?: boolean;
  /** Called before steps are run on a file that has some already. */
  readonly beforeMigration?: (database: KeptDatabase, firstStep: string) => Promise<void>;
  /** Called when the storage worker had died and another has taken its place. */
  readonly reopened?: () => void;
}

/**
 * Opens (and makes) the file at `path`, `:memory:` for tests, and brings its schema up to date.
 * Throws StartError: in use, damaged (DamagedStateError), another program's, or written by a newer version.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<KeptDatabase> {
  const damagedSuffix = options.damagedSuffix ?? '.damaged';
  const { connection: first, lost } = await openSqlite(options.path, damagedSuffix, options.mustExist);
  const connection = new ReopeningConnection({
    first,
    reopen: async () => (await openSqlite(options.path, damagedSuffix, true)).connection,
    reopened: () => options.reopened?.(),
  });
  const database = new SqliteDatabase(connection, lost);
  try {
    await migrate(database.kysely, {
      ...options,
      before: (step) => options.beforeMigration?.(database, step) ?? Promise.resolve(),
    });
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
  return database;
}

class SqliteDatabase implements KeptDatabase {
  readonly kysely: Kysely<unknown>;
  readonly lost: string | undefined;
  readonly #connection: ReopeningConnection;

  constructor(connection: ReopeningConnection, lost: string | undefined) {
    this.#connection = connection;
    this.kysely = new KyselyDatabase<unknown>({ dialect: sqliteDialect(connection) });
    this.lost = lost;
  }

  tables<Tables>(): Kysely<Tables> {
    return this.kysely as unknown as Kysely<Tables>;
  }

  readonly transaction: Database['transaction'] = (work) =>
    this.kysely.transaction().execute((transaction) => work(tablesIn(transaction)));

  async copy(to: string, progress?: (done: number, total: number) => void): Promise<FileCopy> {
    // In line with the others: in the midst of a transaction nothing can be checkpointed.
    const copying = await this.kysely.connection().execute(async () => {
      const worker = await this.#connection.alive();
      return { copied: worker.copy(to, progress) };
    });
    return copying.copied;
  }

  async releasePages(atMost: number): Promise<number> {
    await this.kysely.connection().execute(async () => (await this.#connection.alive()).releasePages(atMost));
    const { rows } = await sql<{ freelist_count: number }>`pragma freelist_count`.execute(this.kysely);
    return rows[0]?.freelist_count ?? 0;
  }

  async checkpoint(): Promise<void> {
    await this.kysely.connection().execute(async () => (await this.#connection.alive()).checkpoint());
  }

  close(): Promise<void> {
    return this.kysely.destroy();
  }
}

function tablesIn(transaction: Transaction<unknown>): DatabaseTransaction {
  return { tables: <Tables>() => transaction as unknown as Kysely<Tables> };
}

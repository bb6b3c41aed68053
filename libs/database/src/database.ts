import type { Migration } from './migrations.js';
import type { Kysely, Transaction } from 'kysely';
import { Kysely as KyselyDatabase } from 'kysely';
import { migrate } from './migrations.js';
import { openSqlite } from './sqlite/open-sqlite.js';
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

/**
 * Opens (and makes) the file at `path`, `:memory:` for tests, and brings its schema up to date.
 * Throws StartError: in use, damaged, or written by a newer version.
 */
export async function openDatabase(options: {
  readonly path: string;
  readonly migrations: readonly Migration[];
}): Promise<Database> {
  const connection = await openSqlite(options.path);
  const kysely = new KyselyDatabase<unknown>({ dialect: sqliteDialect(connection) });
  try {
    await migrate(kysely, options.migrations, options.path);
  } catch (thrown) {
    await kysely.destroy();
    throw thrown;
  }
  return {
    tables: <Tables>() => kysely as unknown as Kysely<Tables>,
    transaction: (work) => kysely.transaction().execute((transaction) => work(tablesIn(transaction))),
    close: () => kysely.destroy(),
  };
}

function tablesIn(transaction: Transaction<unknown>): DatabaseTransaction {
  return { tables: <Tables>() => transaction as unknown as Kysely<Tables> };
}

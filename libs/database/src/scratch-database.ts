import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { Kysely as KyselyDatabase, type Kysely } from 'kysely';
import type { Database } from './database.js';
import { migrate, type Migration } from './migrations.js';
import type { SqlValue } from './sqlite/protocol.js';
import { sqliteDialect } from './sqlite/sqlite-dialect.js';
import type { ExecuteResult } from './sqlite/worker-connection.js';

/**
 * A database in memory, in this thread, of which nothing is kept: for replays. Every statement has ended before the event loop turns, so that
 * whoever waits one turn finds everything written that was begun before it. Close it.
 */
export async function openScratchDatabase(migrations: readonly Migration[]): Promise<Database> {
  const connection = new ScratchConnection();
  const kysely = new KyselyDatabase<unknown>({
    dialect: sqliteDialect({ alive: () => Promise.resolve(connection), close: () => connection.close() }),
  });
  await migrate(kysely, { path: ':memory:', migrations, before: () => Promise.resolve() });
  return {
    tables: <Tables>() => kysely as unknown as Kysely<Tables>,
    transaction: (work) =>
      kysely
        .transaction()
        .execute((transaction) => work({ tables: <Tables>() => transaction as unknown as Kysely<Tables> })),
    close: () => kysely.destroy(),
  };
}

class ScratchConnection {
  readonly #database = new DatabaseSync(':memory:');
  /** There are as many as the program has statements, and a few for each number of rows. */
  readonly #statements = new Map<string, StatementSync>();

  execute(sql: string, parameters: readonly SqlValue[] = []): Promise<ExecuteResult> {
    try {
      return Promise.resolve(this.#run(sql, parameters));
    } catch (thrown) {
      return Promise.reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  close(): Promise<void> {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
    return Promise.resolve();
  }

  #run(sql: string, parameters: readonly SqlValue[]): ExecuteResult {
    const statement = this.#prepare(sql);
    if (statement.columns().length > 0) return { rows: statement.all(...parameters) };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], changes, lastInsertRowid };
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= statementsKept) this.#statements.clear();
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

const statementsKept = 256;

import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { SqlValue } from './protocol.js';
import type { WorkerConnection } from './worker-connection.js';

/** SQLite rolls back DDL like everything else; without this Kysely would migrate outside a transaction. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

type Executor = Pick<WorkerConnection, 'execute'>;

/** The one connection to a file, as it is at present; ReopeningConnection is the one to the storage worker. */
export interface SqliteConnection {
  alive(): Promise<Executor>;
  close(): Promise<void>;
}

/** Kysely over one connection. */
export function sqliteDialect(connection: SqliteConnection): Dialect {
  return {
    createAdapter: () => new TransactionalDdlAdapter(),
    createDriver: () => new ConnectionDriver(connection),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** There is one connection; whoever wants it waits in line, so that transactions never interleave. */
class ConnectionDriver implements Driver {
  readonly #connection: SqliteConnection;
  #line: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#line;
    let release = (): void => undefined;
    this.#line = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    this.#release = release;
    // Kysely would wait for ever behind a connection that could not be had; its statements fail instead.
    return new KyselyConnection(await this.#connection.alive().catch((thrown: unknown) => unavailable(thrown)));
  }

  releaseConnection(): Promise<void> {
    this.#release?.();
    return Promise.resolve();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as KyselyConnection).execute('begin immediate');
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as KyselyConnection).execute('commit');
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as KyselyConnection).rollback();
  }

  destroy(): Promise<void> {
    return this.#connection.close();
  }
}

function unavailable(thrown: unknown): Executor {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { execute: () => Promise.reject(error) };
}

class KyselyConnection implements DatabaseConnection {
  readonly #connection: Executor;

  constructor(connection: Executor) {
    this.#connection = connection;
  }

  async execute(sql: string): Promise<void> {
    await this.#connection.execute(sql);
  }

  /** SQLite has rolled back by itself after some failures (the disk is full), and with the end of its worker. */
  async rollback(): Promise<void> {
    await this.#connection.execute('rollback').catch(() => undefined);
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const result = await this.#connection.execute(query.sql, query.parameters as readonly SqlValue[]);
    return {
      rows: result.rows as unknown as R[],
      ...(result.changes === undefined ? {} : { numAffectedRows: BigInt(result.changes) }),
      ...(result.lastInsertRowid === undefined ? {} : { insertId: BigInt(result.lastInsertRowid) }),
    };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not offered');
  }
}

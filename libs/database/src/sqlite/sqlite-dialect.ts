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

/** Kysely over the one connection in the storage worker. */
export function sqliteDialect(connection: WorkerConnection): Dialect {
  return {
    createAdapter: () => new TransactionalDdlAdapter(),
    createDriver: () => new WorkerDriver(connection),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** There is one connection; whoever wants it waits in line, so that transactions never interleave. */
class WorkerDriver implements Driver {
  readonly #connection: WorkerConnection;
  #line: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;

  constructor(connection: WorkerConnection) {
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
    return new KyselyConnection(this.#connection);
  }

  releaseConnection(): Promise<void> {
    this.#release?.();
    return Promise.resolve();
  }

  async beginTransaction(): Promise<void> {
    await this.#connection.execute('begin immediate');
  }

  async commitTransaction(): Promise<void> {
    await this.#connection.execute('commit');
  }

  async rollbackTransaction(): Promise<void> {
    await this.#connection.execute('rollback');
  }

  destroy(): Promise<void> {
    return this.#connection.close();
  }
}

class KyselyConnection implements DatabaseConnection {
  readonly #connection: WorkerConnection;

  constructor(connection: WorkerConnection) {
    this.#connection = connection;
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
    throw new Error('streaming is not offered by the storage worker');
  }
}

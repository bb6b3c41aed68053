import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from './open-sqlite.js';
import { ReopeningConnection } from './reopening-connection.js';
import { sqliteDialect } from './sqlite-dialect.js';
import type { WorkerConnection } from './worker-connection.js';

interface Tables {
  note: { id: number };
}

describe('ReopeningConnection', () => {
  let folder: string;
  let workers: WorkerConnection[];
  let database: Kysely<Tables>;
  let reopened = 0;

  const open = async (): Promise<WorkerConnection> => {
    const { connection } = await openSqlite(join(folder, 'state.db'), '.damaged');
    workers.push(connection);
    return connection;
  };
  /** Ends the newest worker's thread, as running out of memory does. */
  const kill = (): Promise<void> => workers.at(-1)?.terminate() ?? Promise.resolve();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-reopening-'));
    workers = [];
    reopened = 0;
    const connection = new ReopeningConnection({ first: await open(), reopen: open, reopened: () => reopened++ });
    database = new Kysely<Tables>({ dialect: sqliteDialect(connection) });
    await database.schema.createTable('note').addColumn('id', 'integer').execute();
  });
  afterEach(async () => {
    await database.destroy();
    await rm(folder, { recursive: true, force: true });
  });

  const ids = async (): Promise<readonly number[]> =>
    (await database.selectFrom('note').selectAll().execute()).map(({ id }) => id);

  it('goes on with another worker, and loses nothing that was committed', async () => {
    await database.insertInto('note').values({ id: 1 }).execute();
    await kill();
    await database.insertInto('note').values({ id: 2 }).execute();
    expect(await ids()).toEqual([1, 2]);
    expect(reopened).toBe(1);
  });

  it('fails a transaction whose worker dies in the middle, wholly', async () => {
    const failed = database.transaction().execute(async (trx) => {
      await trx.insertInto('note').values({ id: 3 }).execute();
      await kill();
      await trx.insertInto('note').values({ id: 4 }).execute();
    });
    await expect(failed).rejects.toThrow('the storage worker has ended');
    expect(await ids()).toEqual([]);
  });

  it('tries again at the next statement when it cannot be opened', async () => {
    await kill();
    const other = await openSqlite(join(folder, 'state.db'), '.damaged');
    await expect(ids()).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await other.connection.close();
    expect(await ids()).toEqual([]);
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, type Migration } from './index.js';
import { notes, type NoteTables } from './testing/notes.js';

describe('openDatabase', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-database-'));
    path = join(folder, 'state.db');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps what was committed and forgets what was not', async () => {
    const first = await openDatabase({ path, migrations: [notes] });
    await first.transaction((trx) =>
      trx.tables<NoteTables>().insertInto('note').values({ id: 1, text: 'kept' }).execute(),
    );
    const failed = first.transaction(async (trx) => {
      await trx.tables<NoteTables>().insertInto('note').values({ id: 2, text: 'lost' }).execute();
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await first.close();
    const second = await openDatabase({ path, migrations: [notes] });
    expect(await second.tables<NoteTables>().selectFrom('note').selectAll().execute()).toEqual([
      { id: 1, text: 'kept' },
    ]);
    await second.close();
  });

  it('runs transactions one after the other', async () => {
    const database = await openDatabase({ path, migrations: [notes] });
    await database.tables<NoteTables>().insertInto('note').values({ id: 1, text: '0' }).execute();
    const increment = (): Promise<void> =>
      database.transaction(async (trx) => {
        const tables = trx.tables<NoteTables>();
        const { text } = await tables.selectFrom('note').select('text').executeTakeFirstOrThrow();
        await tables
          .updateTable('note')
          .set({ text: String(Number(text) + 1) })
          .execute();
      });
    await Promise.all(Array.from({ length: 25 }, increment));
    expect(await database.tables<NoteTables>().selectFrom('note').select('text').executeTakeFirst()).toEqual({
      text: '25',
    });
    await database.close();
  });

  it('syncs every commit', async () => {
    const database = await openDatabase({ path, migrations: [] });
    const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(database.tables<unknown>());
    const mode = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(database.tables<unknown>());
    expect([rows[0]?.synchronous, mode.rows[0]?.journal_mode]).toEqual([2, 'wal']);
    await database.close();
  });

  it('refuses a second owner of the file by name', async () => {
    const first = await openDatabase({ path, migrations: [notes] });
    await expect(openDatabase({ path, migrations: [notes] })).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      message: expect.stringContaining(path) as string,
    });
    await first.close();
  });

  it('refuses a damaged file and leaves it as it was', async () => {
    await writeFile(path, 'this is no database, but it is long enough to be looked at as one'.repeat(20));
    const before = await readFile(path);
    await expect(openDatabase({ path, migrations: [notes] })).rejects.toMatchObject({ code: 'DATA_UNREADABLE' });
    expect(await readFile(path)).toEqual(before);
  });

  it('refuses a folder that is not there', async () => {
    await expect(openDatabase({ path: join(folder, 'no', 'state.db'), migrations: [] })).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
    });
  });

  it('refuses the state of a newer version', async () => {
    const newer: Migration = { name: '2099-01-01-test-more', up: () => Promise.resolve() };
    await (await openDatabase({ path, migrations: [notes, newer] })).close();
    await expect(openDatabase({ path, migrations: [notes] })).rejects.toMatchObject({
      code: 'DATA_NEWER',
      message: expect.stringContaining('2099-01-01-test-more') as string,
    });
  });

  it('undoes a migration that fails half-way, so that it can be tried again', async () => {
    const half: Migration = {
      name: '2026-01-02-test-half',
      up: async (db) => {
        await db.schema.alterTable('note').addColumn('extra', 'text').execute();
        throw new Error('disk full');
      },
    };
    await expect(openDatabase({ path, migrations: [notes, half] })).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: expect.stringContaining('disk full') as string,
    });
    const whole: Migration = { ...half, up: (db) => db.schema.alterTable('note').addColumn('extra', 'text').execute() };
    const database = await openDatabase({ path, migrations: [notes, whole] });
    await database.close();
  });
});

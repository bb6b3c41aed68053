import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingLogger } from '@tapewatch/model/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openState, type KeptDatabase, type Migration, type OpenState } from './index.js';
import { notes, type NoteTables } from './testing/notes.js';

const more: Migration = {
  name: '2026-01-02-test-more',
  up: (db) => db.schema.alterTable('note').addColumn('extra', 'text').execute(),
};

describe('openState', () => {
  let folder: string;
  let path: string;
  let state: OpenState | undefined;
  const day = Date.parse('2026-11-25T04:00:00Z');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-state-'));
    path = join(folder, 'state.db');
  });
  afterEach(async () => {
    await state?.database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (migrations: readonly Migration[] = [notes], at = day): Promise<OpenState> => {
    state = await openState({ path, migrations, now: () => at, logger: new RecordingLogger() });
    return state;
  };
  const note = (database: KeptDatabase, id: number): Promise<unknown> =>
    database
      .tables<NoteTables>()
      .insertInto('note')
      .values({ id, text: `note ${id}` })
      .execute();
  const ids = async (database: KeptDatabase): Promise<readonly number[]> =>
    (await database.tables<NoteTables>().selectFrom('note').select('id').execute()).map(({ id }) => id);
  const damage = async (file: string): Promise<void> => {
    const bytes = await readFile(file);
    bytes.fill(0x5a, bytes.length - 3_000, bytes.length - 2_000);
    await writeFile(file, bytes);
  };

  it('sets a damaged file aside and puts the newest good backup in its place', async () => {
    const first = await open();
    await note(first.database, 1);
    await first.backups.make(first.database, day - 2_000, false);
    await note(first.database, 2);
    await first.backups.make(first.database, day - 1_000, false);
    await note(first.database, 3);
    await first.database.close();
    await damage(path);
    const broken = await readFile(path);
    await damage(join(folder, 'backups', 'state-2026-11-25T03-59-59Z.db'));

    const second = await open();
    expect(await ids(second.database)).toEqual([1]);
    expect(second.loss).toMatchObject({ restoredFrom: day - 2_000 });
    expect(second.loss?.message).toMatch(/is damaged .* backup of 2026-11-25T03:59:58.000Z was put in its place/);
    expect(second.loss?.message).toContain('Tokens that were revoked after that are valid again: revoke them anew.');
    expect(await readFile(`${path}.damaged-2026-11-25T04-00-00Z`)).toEqual(broken);
  });

  it('begins anew without a backup, and says what is lost', async () => {
    const first = await open();
    await note(first.database, 1);
    await first.database.close();
    await damage(path);
    const second = await open();
    expect(await ids(second.database)).toEqual([]);
    expect(second.loss?.message).toContain(
      'Lost are alerts with their acknowledgements and history, health history, notifications, tokens and sessions, the audit log, and reports.',
    );
    expect(await readdir(folder)).toContain('state.db.damaged-2026-11-25T04-00-00Z');
  });

  it.each(['is empty', 'is missing'])('counts a file that %s as damaged where there has been a state', async (how) => {
    const first = await open();
    await note(first.database, 1);
    await first.database.close();
    const lose = (): Promise<void> => (how === 'is empty' ? writeFile(path, '') : rm(path));
    await lose();
    const second = await open();
    expect(await ids(second.database)).toEqual([]);
    expect(second.loss?.message).toContain(`is damaged (it ${how}). What there was of it was set aside as ${path}`);
    expect(await readdir(folder)).toContain('state.db-sums.damaged-2026-11-25T04-00-00Z');

    await note(second.database, 2);
    await second.backups.make(second.database, day, false);
    await second.database.close();
    await lose();
    const third = await open([notes], day + 1_000);
    expect(await ids(third.database)).toEqual([2]);
    expect(third.loss).toMatchObject({ restoredFrom: day });

    await third.database.close();
    for (const name of await readdir(folder)) if (name !== 'backups') await rm(join(folder, name));
    const fourth = await open([notes], day + 2_000);
    expect(await ids(fourth.database)).toEqual([2]);
    expect(fourth.loss).toMatchObject({ restoredFrom: day, setAside: [] });
    expect(fourth.loss?.message).toMatch(/is damaged \(it is missing\)\. The backup of/);
  });

  it('begins anew, and says so, when no backup of a missing file is good', async () => {
    await mkdir(join(folder, 'backups'));
    await writeFile(join(folder, 'backups', 'state-2026-11-25T03-59-59Z.db'), 'no state');
    const { database, loss } = await open();
    expect(await ids(database)).toEqual([]);
    expect(loss?.message).toContain('There is no good backup');
  });

  it('takes what a first start that was killed has left for nothing', async () => {
    await writeFile(path, '');
    await writeFile(`${path}-wal`, '');
    await writeFile(`${path}-sums`, Buffer.alloc(32));
    await writeFile(`${path}-sums.partial`, 'half');
    const { database, loss } = await open();
    expect(await ids(database)).toEqual([]);
    expect(loss).toBeUndefined();
  });

  it('lets nobody else read the file and what belongs to it', async () => {
    const modes = async (): Promise<readonly string[]> =>
      Promise.all(
        ['', '-wal', '-shm', '-sums'].map(async (end) => ((await stat(path + end)).mode & 0o777).toString(8)),
      );
    const first = await open();
    await note(first.database, 1);
    await first.database.checkpoint();
    expect(await modes()).toEqual(['600', '600', '600', '600']);
    await first.database.close();
    await chmod(path, 0o644);
    await note((await open()).database, 2);
    expect(await modes()).toEqual(['600', '600', '600', '600']);
  });

  it('still refuses what a person has to decide, and moves nothing', async () => {
    await (await open([notes, more])).database.close();
    state = undefined;
    await expect(open([notes])).rejects.toMatchObject({ code: 'DATA_NEWER' });
    const foreign = join(folder, 'state.db');
    await rm(foreign);
    await rm(`${foreign}-sums`);
    const other = await open();
    await sql`pragma application_id = 7`.execute(other.database.tables());
    await other.database.checkpoint();
    await copyFile(path, join(folder, 'copy'));
    await other.database.close();
    state = undefined;
    await copyFile(join(folder, 'copy'), path);
    await expect(open()).rejects.toThrow(/another program/);
    expect((await readdir(folder)).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('copies the state before its schema changes, and keeps two copies of a kind', async () => {
    const first = await open();
    await note(first.database, 1);
    expect(await first.backups.list()).toEqual([]);
    await first.database.close();
    const second = await open([notes, more]);
    expect(await second.backups.list()).toMatchObject([{ beforeMigration: true, takenAt: day }]);
    for (const hour of [1, 2, 3]) await second.backups.make(second.database, day + hour * 3_600_000, false);
    const list = await second.backups.list();
    expect(list.map(({ takenAt }) => (takenAt - day) / 3_600_000)).toEqual([3, 2, 0]);
    expect(await Promise.all(list.map((backup) => second.backups.isGood(backup)))).toEqual([true, true, true]);
    expect((await readdir(join(folder, 'backups'))).length).toBe(6);
    await writeFile(join(folder, 'backups', 'state-2026-11-24T04-00-00Z.db.partial'), 'of a kill');
    await second.backups.make(second.database, day + 4 * 3_600_000, false);
    expect((await readdir(join(folder, 'backups'))).length).toBe(6);
  });

  it('copies what is committed while others write', async () => {
    const { database, backups } = await open();
    const tables = database.tables<NoteTables>();
    for (let i = 0; i < 50; i++)
      await tables
        .insertInto('note')
        .values(Array.from({ length: 300 }, (_, j) => ({ id: i * 1_000 + j, text: 'x'.repeat(900) })))
        .execute();
    let copying = true;
    const made = backups.make(database, day, false).finally(() => (copying = false));
    let written = 0;
    while (copying)
      await database.transaction(async (trx) => {
        await trx
          .tables<NoteTables>()
          .insertInto('note')
          .values({ id: 900_000 + written++, text: 'y' })
          .execute();
      });
    const { path: copy } = await made;
    expect(written).toBeGreaterThan(0);
    await database.close();
    await rm(path);
    await rm(`${path}-sums`, { force: true });
    await copyFile(copy, path);
    const again = await open();
    expect(again.loss).toBeUndefined();
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(again.database.tables());
    expect(rows).toEqual([{ integrity_check: 'ok' }]);
    expect((await ids(again.database)).filter((id) => id < 900_000)).toHaveLength(15_000);
  });

  it('gives pages back in steps', async () => {
    const { database } = await open();
    const tables = database.tables<NoteTables>();
    await tables
      .insertInto('note')
      .values(Array.from({ length: 2_000 }, (_, id) => ({ id, text: 'x'.repeat(1_000) })))
      .execute();
    await tables.deleteFrom('note').where('id', '>', 10).execute();
    const before = await database.releasePages(100);
    expect(before).toBeGreaterThan(100);
    expect(await database.releasePages(100)).toBe(before - 100);
    expect(await database.releasePages(1_000_000)).toBe(0);
    await database.checkpoint();
    expect((await readFile(path)).length).toBeLessThan(100_000);
  });
});

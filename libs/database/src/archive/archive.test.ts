import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyClosedState, createArchive, openDatabase, readArchive, restoreArchive } from '../index.js';
import { notes, type NoteTables } from '../testing/notes.js';

const knownMigrations = [notes.name];
const now = Date.parse('2026-11-25T04:00:00Z');

describe('an archive of the state', { timeout: 60_000 }, () => {
  let folder: string;
  let dataDir: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-archive-'));
    dataDir = join(folder, 'data');
    file = join(folder, 'backup.tar');
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'instance-id'), 'host-1234\n');
    await writeFile(join(dataDir, 'server.json'), '{}');
    await writeState([1, 2, 3]);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const state = (): string => join(dataDir, 'state.db');
  async function writeState(ids: readonly number[]): Promise<void> {
    const database = await openDatabase({ path: state(), migrations: [notes] });
    const rows = ids.map((id) => ({ id, text: `note ${id}` }));
    await database.tables<NoteTables>().insertInto('note').values(rows).execute();
    await database.close();
  }
  async function idsIn(path: string): Promise<readonly number[]> {
    const database = await openDatabase({ path, migrations: [notes] });
    const rows = await database.tables<NoteTables>().selectFrom('note').select('id').execute();
    await database.close();
    return rows.map(({ id }) => id);
  }
  async function backUp(): Promise<number> {
    const copyState = (to: string) => copyClosedState(state(), to);
    const archive = await createArchive({ dataDir, copyState, version: '1.2.3', now });
    const chunks: Buffer[] = [];
    for await (const chunk of archive.content()) chunks.push(chunk);
    await archive.discard();
    await writeFile(file, Buffer.concat(chunks));
    expect(Buffer.concat(chunks)).toHaveLength(archive.bytes);
    return archive.bytes;
  }
  const read = async () => readArchive({ path: file, into: await mkdtemp(join(folder, 'into-')), knownMigrations });
  const restore = (force = false) => restoreArchive({ path: file, dataDir, force, now, knownMigrations });

  it('holds the state and what belongs to it, tells what, and leaves nothing behind', async () => {
    await backUp();
    expect(await read()).toMatchObject({
      version: '1.2.3',
      createdAt: '2026-11-25T04:00:00.000Z',
      files: [{ name: 'state.db' }, { name: 'instance-id', bytes: 10 }],
      rows: { note: 3 },
      migrations: knownMigrations,
    });
    expect((await readdir(dataDir)).filter((name) => name.startsWith('.'))).toEqual([]);
    const { stdout } = await promisify(execFile)('tar', ['-tf', file]);
    expect(stdout.trim().split('\n')).toEqual(['manifest.json', 'state.db', 'instance-id']);
  });

  it('is not made of nothing', async () => {
    await rm(state());
    await expect(backUp()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await readdir(dataDir)).not.toContain('state.db');
  });

  it('comes back elsewhere', async () => {
    await backUp();
    dataDir = join(folder, 'elsewhere');
    expect(await restore()).toMatchObject({ setAside: [] });
    expect(await idsIn(state())).toEqual([1, 2, 3]);
    expect(await readFile(join(dataDir, 'instance-id'), 'utf8')).toBe('host-1234\n');
  });

  it('takes the place of a state only by force, and sets that aside', async () => {
    await backUp();
    const before = await openDatabase({ path: state(), migrations: [notes] });
    await before.tables<NoteTables>().insertInto('note').values({ id: 4, text: 'later' }).execute();
    await before.close();
    await expect(restore()).rejects.toMatchObject({ code: 'DATA_EXISTS' });
    expect(await idsIn(state())).toEqual([1, 2, 3, 4]);
    const { setAside } = await restore(true);
    expect(await idsIn(state())).toEqual([1, 2, 3]);
    const aside = setAside.find((path) => path.endsWith('state.db.before-restore-2026-11-25T04-00-00Z')) ?? '';
    expect(await idsIn(aside)).toEqual([1, 2, 3, 4]);
  });

  it('touches nothing while a program uses the folder', async () => {
    await backUp();
    const running = await openDatabase({ path: state(), migrations: [notes] });
    await expect(restore(true)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await expect(copyClosedState(state(), join(folder, 'copy'))).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await running.close();
    expect(await idsIn(state())).toEqual([1, 2, 3]);
  });

  it('is refused when it was written by a newer version, or is none', async () => {
    await backUp();
    await expect(
      readArchive({ path: file, into: await mkdtemp(join(folder, 'into-')), knownMigrations: [] }),
    ).rejects.toMatchObject({
      code: 'DATA_NEWER',
      message: expect.stringContaining('version 1.2.3') as string,
    });
    await writeFile(file, 'no archive'.repeat(200));
    await expect(read()).rejects.toMatchObject({ code: 'BACKUP_INVALID' });
    await rm(file);
    await expect(read()).rejects.toMatchObject({ code: 'NOT_FOUND', message: `there is no file ${file}` });
    await expect(restore()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await mkdir(file);
    await expect(read()).rejects.toMatchObject({
      code: 'BACKUP_INVALID',
      message: expect.stringContaining('it is a folder') as string,
    });
  });

  it('is not to blame when what is in it cannot be written', async () => {
    await backUp();
    const into = join(folder, 'no-such-folder');
    await expect(readArchive({ path: file, into, knownMigrations })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(`cannot write to ${join(into, 'state.db')}: `) as string,
    });
  });

  it.runIf(process.platform === 'linux')('is not made where its copies cannot be written', async () => {
    const copyState = async (to: string) => {
      await symlink('/dev/full', to);
      return copyClosedState(state(), to);
    };
    await expect(createArchive({ dataDir, copyState, version: '1.2.3', now })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `cannot write to ${dataDir}: the disk is full. Free some space there, and try again.`,
    });
    expect((await readdir(dataDir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is refused when a byte of what it holds differs, or it was cut off', async () => {
    const bytes = await backUp();
    const whole = await readFile(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes - 1), fc.integer({ min: 1, max: 255 }), async (offset, change) => {
        const broken = Buffer.from(whole);
        broken[offset] = (broken[offset] as number) ^ change;
        await writeFile(file, broken);
        const into = await mkdtemp(join(folder, 'into-'));
        const manifest = await readArchive({ path: file, into, knownMigrations }).catch((thrown: unknown) => {
          expect(thrown).toMatchObject({ code: expect.stringMatching(/BACKUP_INVALID|DATA_NEWER/) as string });
        });
        // What has no say (padding, times, the text of the manifest) may differ; the state may not.
        if (manifest !== undefined) expect(await idsIn(join(into, 'state.db'))).toEqual([1, 2, 3]);
      }),
      { numRuns: 40 },
    );
    await writeFile(file, whole.subarray(0, whole.length - 3_000));
    await expect(read()).rejects.toMatchObject({ code: 'BACKUP_INVALID' });
  });

  it('restores nothing from an archive that is damaged', async () => {
    await backUp();
    const whole = await readFile(file);
    whole.fill(1, 20_000, 20_010);
    await writeFile(file, whole);
    await expect(restore(true)).rejects.toMatchObject({ code: 'BACKUP_INVALID' });
    expect(await idsIn(state())).toEqual([1, 2, 3]);
    expect((await readdir(dataDir)).filter((name) => /restore/.test(name))).toEqual([]);
  });
});

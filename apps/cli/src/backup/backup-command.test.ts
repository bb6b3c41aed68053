import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@tapewatch/database';
import { FakeClock } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { english } from '../messages/english.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import { backupCommand } from './backup-command.js';

describe('backupCommand', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-backup-'));
    await mkdir(join(folder, 'data'));
    await mkdir(join(folder, 'there'));
    await writeFile(join(folder, 'demo.yaml'), '');
    await (await openDatabase({ path: join(folder, 'data', 'state.db'), migrations: [] })).close();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = async (file: string) => {
    const terminal = new RecordingTerminal();
    const code = await backupCommand(
      file,
      {},
      {
        ...{ terminal, messages: english, version: '1.2.3', clock: new FakeClock(), fetch },
        ...{ signal: new AbortController().signal, baseDir: folder, demoConfig: join(folder, 'demo.yaml') },
        env: { TAPEWATCH_DATA_DIR: join(folder, 'data') },
      },
    );
    return { code, out: terminal.outLines.join('\n'), error: terminal.errorLines.join('\n') };
  };
  const left = async (): Promise<readonly string[]> =>
    (await readdir(folder, { recursive: true })).filter((name) => /partial|check|\.backup|\.tar/.test(name));

  it('writes one file, and leaves nothing else', async () => {
    expect(await run('there/x.tar')).toMatchObject({ code: 0, out: expect.stringContaining('there/x.tar') as string });
    expect(await left()).toEqual(['there/x.tar']);
  });

  it('says which folder is not there', async () => {
    expect(await run('nowhere/x.tar')).toEqual({
      code: 2,
      out: '',
      error: `there is no folder ${join(folder, 'nowhere')}; make it first`,
    });
    expect((await run('demo.yaml/x.tar')).error).toBe(`there is no folder ${join(folder, 'demo.yaml')}; make it first`);
    expect(await left()).toEqual([]);
  });

  it('says that a file has to be named', async () => {
    // Told before the state is looked at: there is none.
    await rm(join(folder, 'data'), { recursive: true });
    expect(await run('there')).toEqual({
      code: 2,
      out: '',
      error: `${join(folder, 'there')} is a folder; name a file in it`,
    });
    expect(await left()).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('says where there is no room', async () => {
    await symlink('/dev/full', join(folder, 'there', 'x.tar.partial'));
    expect(await run('there/x.tar')).toEqual({
      code: 1,
      out: '',
      error: `cannot write to ${join(folder, 'there')}: the disk is full. Free some space there, and try again. [UNAVAILABLE]`,
    });
    expect(await left()).toEqual([]);
  });
});

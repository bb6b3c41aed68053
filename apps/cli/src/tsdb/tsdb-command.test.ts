import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { english } from '../messages/english.js';
import { korean } from '../messages/korean.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import { tsdbCommand } from './tsdb-command.js';

describe('tsdbCommand', { timeout: 60_000 }, () => {
  let dataDir: string;

  const run = async (action: 'info' | 'verify', messages = english) => {
    const terminal = new RecordingTerminal();
    const code = await tsdbCommand({ action, terminal, messages, dataDir: () => Promise.resolve(dataDir) });
    return { code, out: terminal.outLines.join('\n'), error: terminal.errorLines.join('\n') };
  };

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tapewatch-tsdb-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('says so when there is no history', async () => {
    expect(await run('info')).toEqual({
      code: 0,
      out: `There is no metric history in ${join(dataDir, 'metrics')}.`,
      error: '',
    });
  });

  it('names a file that cannot be read, in either language, and fails', async () => {
    await mkdir(join(dataDir, 'metrics'));
    const path = join(dataDir, 'metrics', 'raw-2026-01-05.db');
    await writeFile(path, 'no database at all, but long enough to be read as one'.repeat(100));
    const { code, out, error } = await run('verify');
    expect(code).toBe(1);
    expect(out).toMatch(/raw-2026-01-05\.db .* cannot be read: .*not a database/);
    expect(error).toBe('1 file with damage.');
    expect((await run('verify', korean)).error).toBe('손상된 파일이 1개 있습니다.');
    expect(await readFile(path, 'utf8')).toContain('no database at all');
  });

  it('finds a bit that has turned in a row', async () => {
    await mkdir(join(dataDir, 'metrics'));
    const head = new DatabaseSync(join(dataDir, 'metrics', 'head.db'));
    head.exec(`create table series (id integer primary key, seen integer not null, data text not null, checksum integer not null);
      create table tick (id integer primary key, data blob not null);
      create table block (id integer primary key, data blob not null);
      insert into tick values (${Date.UTC(2026, 0, 5) * 256}, x'0011223344556677');`);
    head.close();
    expect(await run('verify')).toMatchObject({ code: 1, out: expect.stringContaining('1 row damaged') as unknown });
  });
});

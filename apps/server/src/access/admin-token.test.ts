import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storedAdminToken } from './admin-token.js';

describe('storedAdminToken', () => {
  let dataDir: string;
  const logger = new RecordingLogger();
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tapewatch-token-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('makes a token of 256 bits that the owner alone can read, and keeps it', async () => {
    const token = await storedAdminToken(dataDir, logger);
    expect(token).toMatch(/^tw_[A-Za-z0-9_-]{43}$/);
    expect((await stat(join(dataDir, 'admin-token'))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['admin-token']);
    expect(await storedAdminToken(dataDir, logger)).toBe(token);
  });

  it('makes another one for another data folder', async () => {
    const first = await storedAdminToken(dataDir, logger);
    await rm(join(dataDir, 'admin-token'));
    expect(await storedAdminToken(dataDir, logger)).not.toBe(first);
  });

  it('closes a file that others can read, and says so', async () => {
    await storedAdminToken(dataDir, logger);
    await chmod(join(dataDir, 'admin-token'), 0o644);
    await storedAdminToken(dataDir, logger);
    expect((await stat(join(dataDir, 'admin-token'))).mode & 0o777).toBe(0o600);
    expect(logger.lines.map((line) => line.level)).toContain('warn');
  });

  it('refuses a file without a usable token, by name and with the remedy', async () => {
    await writeFile(join(dataDir, 'admin-token'), '\n');
    await expect(storedAdminToken(dataDir, logger)).rejects.toThrow(/admin-token holds no usable token.*Delete it/);
    expect(await readFile(join(dataDir, 'admin-token'), 'utf8')).toBe('\n');
  });

  it('refuses a folder that is not there', async () => {
    await expect(storedAdminToken(join(dataDir, 'gone'), logger)).rejects.toMatchObject({
      name: 'StartError',
      code: 'DATA_UNREADABLE',
    });
  });
});

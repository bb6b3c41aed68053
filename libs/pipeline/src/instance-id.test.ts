import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instanceId } from './instance-id.js';

describe('instanceId', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-instance-'));
    path = join(folder, 'instance-id');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const mode = async (): Promise<number> => (await stat(path)).mode & 0o777;

  it('is made once and stays', async () => {
    const made = await instanceId(folder);
    expect(made).toMatch(/.+-[0-9a-f]{4}$/);
    expect(await readFile(path, 'utf8')).toBe(`${made}\n`);
    expect(await instanceId(folder)).toBe(made);
    expect(await readdir(folder)).toEqual(['instance-id']);
  });

  it('is read by nobody else, also when a kill or an earlier version has left a file that is', async () => {
    await writeFile(`${path}.partial`, 'half', { mode: 0o644 });
    await instanceId(folder);
    expect(await mode()).toBe(0o600);
    await chmod(path, 0o644);
    await instanceId(folder);
    expect(await mode()).toBe(0o600);
  });
});

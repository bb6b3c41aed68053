import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ProcFile } from './proc-file.js';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describe('ProcFile', () => {
  it.each([0, 1, 2047, 2048, 4096, 8192, 10_240, 100_000])(
    'reads all of a file of %d bytes, again and again',
    async (size) => {
      const folder = await mkdtemp(join(tmpdir(), 'proc-file-'));
      folders.push(folder);
      const path = join(folder, 'file');
      const file = new ProcFile(path);
      for (const letter of ['a', 'b']) {
        await writeFile(path, letter.repeat(size));
        expect(await file.read()).toBe(letter.repeat(size));
      }
      await file.close();
    },
  );

  it('is undefined for a file that is not there, and after it was closed reads anew', async () => {
    const file = new ProcFile('/nowhere/at/all');
    expect(await file.read()).toBeUndefined();
    await file.close();
    expect(await file.read()).toBeUndefined();
  });
});

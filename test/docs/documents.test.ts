import { readdir, readFile } from 'node:fs/promises';
import { errorCodes } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { inRepository } from '../support/repository.js';

const read = (path: string): Promise<string> => readFile(inRepository(path), 'utf8');

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(inRepository(path), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

describe('docs/errors.md', () => {
  it('lists every error code with its meaning, and no other', async () => {
    const rows = [...(await read('docs/errors.md')).matchAll(/^\| `([A-Z_]+)` \| (.+?) \| (.+) \|$/gm)];
    expect(Object.fromEntries(rows.map(([, code, meaning]) => [code, meaning]))).toEqual({ ...errorCodes });
    for (const [, code, , remedy] of rows) expect(remedy, `${code} says what to do`).toMatch(/\.$/);
  });
});

describe('README.md', () => {
  it('has a row for every room that is there, and for no other', async () => {
    const rows = [
      ...(await read('README.md')).matchAll(/^\| `((?:apps|libs|plugins|otel-collector|test)[\w/-]*)\/?` \|/gm),
    ].map(([, room]) => room);
    const rooms = ['otel-collector', 'plugins', 'test'];
    for (const parent of ['apps', 'libs']) for (const name of await foldersIn(parent)) rooms.push(`${parent}/${name}`);
    expect([...rows].sort()).toEqual(rooms.sort());
  });
});

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorCodes } from '@tapewatch/model';
import { functionNames } from '@tapewatch/promql';
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

describe('docs/promql.md', () => {
  it('names every function', async () => {
    const [, listed = ''] = /- Functions: `([^`]+)`/.exec(await read('docs/promql.md')) ?? [];
    expect(listed.split(/\s+/)).toEqual([...functionNames].sort());
  });
});

describe('README.md', () => {
  it('shows a plugin that can be imported as it stands', async () => {
    const code = /```ts\n([\s\S]*?)```/.exec(await read('README.md'))?.[1] ?? '';
    const folder = inRepository('.nx', `readme-plugin-${process.pid}`);
    await mkdir(folder, { recursive: true });
    try {
      await writeFile(join(folder, 'index.ts'), code);
      const { default: plugin } = (await import(pathToFileURL(join(folder, 'index.ts')).href)) as {
        default: { name: string; provides: { type: string }[] };
      };
      expect([plugin.name, plugin.provides.map(({ type }) => type)]).toEqual(['desk', ['queue-depth']]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('has a row for every room that is there, and for no other', async () => {
    const rows = [
      ...(await read('README.md')).matchAll(/^\| `((?:apps|libs|plugins|otel-collector|test)[\w/-]*)\/?` \|/gm),
    ].map(([, room]) => room);
    const rooms = ['otel-collector', 'plugins', 'test'];
    for (const parent of ['apps', 'libs']) for (const name of await foldersIn(parent)) rooms.push(`${parent}/${name}`);
    expect([...rows].sort()).toEqual(rooms.sort());
  });
});

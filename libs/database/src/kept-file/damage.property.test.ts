import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeptFile } from './kept-file.js';

const files = ['state.db', 'state.db-wal', 'state.db-sums'] as const;

/** What a program that was killed leaves: pages, a log that is not taken in yet, checksums. */
describe('a state file that was damaged', { timeout: 120_000 }, () => {
  let folder: string;
  let killed: Record<(typeof files)[number], Buffer>;
  let written: readonly unknown[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tapewatch-damage-'));
    const path = join(folder, 'state.db');
    const { file } = KeptFile.open(path, '.damaged');
    if (file === undefined) throw new Error('not opened');
    file.database.exec('create table note (id integer primary key, text text not null)');
    file.database.exec('create index note_by_text on note (text, id)');
    const insert = file.database.prepare('insert into note (text) values (?)');
    for (let i = 0; i < 400; i++) insert.run(`note ${i} ${'x'.repeat(i % 300)}`);
    file.checkpoints.now();
    for (let i = 0; i < 30; i++) insert.run(`later ${i}`);
    file.database.exec("update note set text = 'changed' where id < 10");
    written = rowsOf(file);
    killed = Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name))])) as typeof killed;
    file.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const rowsOf = (file: KeptFile): readonly unknown[] => file.database.prepare('select * from note order by id').all();

  /** The rows when it can be opened without a word of loss; otherwise what was said. */
  function reopened(change: (path: (name: string) => string) => void): { said: string } | { rows: readonly unknown[] } {
    const place = mkdtempSync(join(folder, 'case-'));
    for (const name of files) writeFileSync(join(place, name), killed[name]);
    change((name) => join(place, name));
    const { opening, file } = KeptFile.open(join(place, 'state.db'), '.damaged');
    try {
      if (file === undefined) return { said: opening.state };
      const lost = opening.state === 'open' ? opening.lost : undefined;
      return lost === undefined ? { rows: rowsOf(file) } : { said: lost };
    } finally {
      file?.close();
      rmSync(place, { recursive: true });
    }
  }

  it('is whole after a kill', () => {
    expect(reopened(() => undefined)).toEqual({ rows: written });
  });

  it('is never misread when any one bit has flipped', () => {
    const place = fc
      .constantFrom(...files)
      .chain((name) => fc.record({ name: fc.constant(name), offset: fc.nat(killed[name].length - 1), bit: fc.nat(7) }));
    let told = 0;
    fc.assert(
      fc.property(place, ({ name, offset, bit }) => {
        const result = reopened((path) => {
          const bytes = Buffer.from(killed[name]);
          bytes[offset] = (bytes[offset] as number) ^ (1 << bit);
          writeFileSync(path(name), bytes);
        });
        if ('said' in result) told++;
        else expect(result.rows).toEqual(written);
      }),
      { numRuns: 300 },
    );
    // Most of them hit something that was in use.
    expect(told).toBeGreaterThan(50);
  });

  it('is never misread when it was cut off', () => {
    fc.assert(
      fc.property(fc.nat(killed['state.db'].length - 1), (length) => {
        const result = reopened((path) => truncateSync(path('state.db'), length));
        if ('rows' in result) expect(result.rows).toEqual(written);
      }),
      { numRuns: 60 },
    );
  });

  it('says so when its log is gone', () => {
    expect(reopened((path) => rmSync(path('state.db-wal')))).toEqual({
      said: 'its log is gone, and with it the changes since the last checkpoint',
    });
  });

  it('is taken as it is when it is another copy, though checksums of the former one lie beside it', () => {
    const other = join(folder, 'other.db');
    const { file } = KeptFile.open(other, '.damaged');
    file?.database.exec("create table note (id integer primary key, text text); insert into note values (7, 'other')");
    file?.close();
    const result = reopened((path) => {
      copyFileSync(other, path('state.db'));
      rmSync(path('state.db-wal'));
    });
    expect(result).toEqual({ rows: [{ id: 7, text: 'other' }] });
  });

  it('is damaged when pages of two states are mixed', () => {
    const swapped = reopened((path) => {
      const bytes = Buffer.from(killed['state.db']);
      const middle = 4096 * Math.floor(bytes.length / 4096 / 2);
      bytes.copyWithin(middle, middle + 4096, middle + 2 * 4096);
      writeFileSync(path('state.db'), bytes);
    });
    expect(swapped).toEqual({ said: 'damaged' });
  });

  it('goes on, and says so, when another program has taken the log in', () => {
    const result = reopened((path) => {
      const other = new DatabaseSync(path('state.db'));
      other.prepare('select count(*) from note').get();
      other.close();
    });
    expect(result).toMatchObject({ said: expect.stringContaining('taken in by another program') as string });
  });
});

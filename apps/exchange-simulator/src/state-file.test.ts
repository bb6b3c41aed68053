import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instruments } from './market/instrument.js';
import { PriceEngine } from './market/price-engine.js';
import { StateFile } from './state-file.js';

describe('StateFile', () => {
  let folder: string;
  let path: string;
  let messages: string[];
  const open = (): StateFile => new StateFile(path, (message) => messages.push(message));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-state-'));
    path = join(folder, 'deep', 'walk.json');
    messages = [];
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('gives back exactly what it stored, making the folder', async () => {
    const engine = new PriceEngine({ instruments, seed: 5 });
    engine.step();
    await open().save(engine.snapshot());
    expect(open().load(instruments, 5)).toEqual(engine.snapshot());
    expect(await readdir(join(folder, 'deep'))).toEqual(['walk.json']);
    expect(messages).toEqual([]);
  });

  it('begins anew without a word when there is no file', () => {
    expect(open().load(instruments, 1)).toBeUndefined();
    expect(messages).toEqual([]);
  });

  it.each([
    '',
    '{"version":1',
    '{"version":2}',
    'null',
    '{"version":1,"seed":1,"randomState":1,"steps":1,"instruments":{}}',
  ])('sets a file with %j aside', async (content) => {
    path = join(folder, 'walk.json');
    await writeFile(path, content);
    expect(open().load(instruments, 1)).toBeUndefined();
    expect(await readdir(folder)).toEqual(['walk.json.damaged']);
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe(content);
    expect(messages).toHaveLength(1);
  });

  it('sets the walk of another seed aside', async () => {
    await open().save(new PriceEngine({ instruments, seed: 5 }).snapshot());
    expect(open().load(instruments, 6)).toBeUndefined();
    expect(messages[0]).toContain('belongs to seed 5, not 6');
  });

  it('complains once about a place that cannot be written', async () => {
    await writeFile(join(folder, 'deep'), 'a file, not a folder');
    const snapshot = new PriceEngine({ instruments, seed: 5 }).snapshot();
    const file = open();
    await file.save(snapshot);
    await file.saveLast(snapshot);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain('cannot be written');
  });

  it('only reads the file while it is held', async () => {
    const [engine, other] = [new PriceEngine({ instruments, seed: 5 }), new PriceEngine({ instruments, seed: 5 })];
    other.step();
    await open().save(engine.snapshot());
    const held = new StateFile(path, (message) => messages.push(message), true);
    expect(held.load(instruments, 5)).toEqual(engine.snapshot());
    await held.save(other.snapshot());
    await held.saveLast(other.snapshot());
    expect(open().load(instruments, 5)).toEqual(engine.snapshot());
    held.keep();
    await held.saveLast(other.snapshot());
    expect(open().load(instruments, 5)).toEqual(other.snapshot());
  });

  it('sets a file aside only when it is no longer held', async () => {
    path = join(folder, 'walk.json');
    await writeFile(path, 'damaged');
    const held = new StateFile(path, (message) => messages.push(message), true);
    expect(held.load(instruments, 5)).toBeUndefined();
    expect(await readdir(folder)).toEqual(['walk.json']);
    held.keep();
    held.keep();
    expect(await readdir(folder)).toEqual(['walk.json.damaged']);
    expect(messages).toHaveLength(1);
  });
});

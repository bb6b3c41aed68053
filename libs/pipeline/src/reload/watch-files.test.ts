import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@tapewatch/model/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { stateOnDisk, WatchFiles } from './watch-files.js';

function watching(states: Map<string, string>, paths: () => readonly string[] = () => [...states.keys()]) {
  const clock = new FakeClock();
  const heard = { changes: 0 };
  const watch = new WatchFiles({
    paths,
    changed: () => void (heard.changes += 1),
    everyMs: 1_000,
    clock,
    stateOf: (path) => Promise.resolve(states.get(path) ?? ''),
  });
  watch.start();
  return { clock, heard, watch };
}

describe('WatchFiles', () => {
  it('says nothing while nothing changes', async () => {
    const { clock, heard, watch } = watching(new Map([['a', '1']]));
    await clock.advance(10_000);
    watch.stop();
    expect(heard.changes).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits until a file that is being written is quiet, then says so once', async () => {
    const states = new Map([['a', '1']]);
    const { clock, heard } = watching(states);
    await clock.advance(1_000);
    states.set('a', '2');
    await clock.advance(1_000);
    states.set('a', '3');
    await clock.advance(1_000);
    expect(heard.changes).toBe(0);
    await clock.advance(5_000);
    expect(heard.changes).toBe(1);
  });

  it('hears of a file that goes, and of one that comes', async () => {
    const states = new Map([['a', '1']]);
    const { clock, heard } = watching(states, () => ['a', 'b']);
    await clock.advance(1_000);
    states.delete('a');
    await clock.advance(3_000);
    states.set('b', '1');
    await clock.advance(3_000);
    expect(heard.changes).toBe(2);
  });
});

describe('stateOnDisk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watch-files-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('tells a file from one of the same size in its place, also behind a link that is moved', async () => {
    const [file, other, link] = [join(folder, 'a.yaml'), join(folder, 'b.yaml'), join(folder, 'link.yaml')];
    expect(await stateOnDisk(link)).toBe('');
    writeFileSync(file, 'one');
    writeFileSync(other, 'two');
    symlinkSync(file, link);
    const before = await stateOnDisk(link);
    expect(before).not.toBe('');
    symlinkSync(other, `${link}.new`);
    renameSync(`${link}.new`, link);
    expect(await stateOnDisk(link)).not.toBe(before);
  });
});

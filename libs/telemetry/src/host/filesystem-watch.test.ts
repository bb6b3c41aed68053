import { describe, expect, it } from 'vitest';
import { FakeClock } from '@tapewatch/model/testing';
import { FilesystemWatch } from './filesystem-watch.js';
import type { FilesystemFigures, FilesystemPort } from './filesystem-watch.js';
import type { Mount } from './proc-parsers.js';

/** Filesystems that answer at once, unless they are among those that hang or fail. */
class FakeFilesystems implements FilesystemPort {
  names: string[] = [];
  readonly hanging = new Set<string>();
  readonly failing = new Set<string>();
  readonly asked: string[] = [];
  failList = false;

  constructor(...names: string[]) {
    this.names = names;
  }

  mounts(): Promise<readonly Mount[]> {
    if (this.failList) return Promise.reject(new Error('no list'));
    return Promise.resolve(
      this.names.map((name) => ({ device: name, mountpoint: name, type: 'ext4', mode: 'rw' as const })),
    );
  }

  measure(mount: Mount): Promise<FilesystemFigures | undefined> {
    this.asked.push(mount.mountpoint);
    if (this.hanging.has(mount.mountpoint)) return new Promise(() => undefined);
    if (this.failing.has(mount.mountpoint)) return Promise.reject(new Error('gone'));
    return Promise.resolve({ mount, usedBytes: 1, freeBytes: 2, reservedBytes: 0 });
  }
}

function shown(watch: FilesystemWatch): string[] {
  return watch.latest().map(({ mount }) => mount.mountpoint);
}

describe('FilesystemWatch', () => {
  it('answers at once with what it knows and measures in the background', async () => {
    const clock = new FakeClock();
    const port = new FakeFilesystems('/', '/a', '/b', '/c');
    const watch = new FilesystemWatch(clock, port);
    expect(shown(watch)).toEqual([]);
    await clock.advance(0);
    expect(shown(watch)).toEqual(['/', '/a', '/b', '/c']);
    expect(port.asked).toHaveLength(4);
    await clock.advance(5000);
    shown(watch);
    await clock.advance(0);
    expect(port.asked).toHaveLength(8);
  });

  it('loses the figures of a mount that hangs, asks it once, and keeps the others', async () => {
    const clock = new FakeClock();
    const port = new FakeFilesystems('/', '/slow', '/c');
    const watch = new FilesystemWatch(clock, port);
    shown(watch);
    await clock.advance(0);
    port.hanging.add('/slow');
    for (let second = 0; second < 60; second++) {
      await clock.advance(1000);
      shown(watch);
    }
    await clock.advance(0);
    expect(shown(watch)).toEqual(['/', '/c']);
    expect(port.asked.filter((name) => name === '/slow')).toHaveLength(2);
  });

  it('never has more than two questions open', async () => {
    const clock = new FakeClock();
    const port = new FakeFilesystems('/a', '/b', '/c');
    for (const name of port.names) port.hanging.add(name);
    const watch = new FilesystemWatch(clock, port);
    for (let second = 0; second < 60; second++) {
      shown(watch);
      await clock.advance(1000);
    }
    expect(port.asked).toEqual(['/a', '/b']);
  });

  it('forgets a mount that is gone, and survives one that fails and a list that cannot be read', async () => {
    const clock = new FakeClock();
    const port = new FakeFilesystems('/', '/usb');
    const watch = new FilesystemWatch(clock, port);
    const refreshed = async (): Promise<string[]> => {
      await clock.advance(5000);
      shown(watch);
      await clock.advance(0);
      return shown(watch);
    };
    expect(await refreshed()).toEqual(['/', '/usb']);
    port.names = ['/'];
    port.failing.add('/');
    expect(await refreshed()).toEqual(['/']);
    port.failList = true;
    expect(await refreshed()).toEqual(['/']);
    await clock.advance(30_000);
    expect(shown(watch)).toEqual([]);
  });
});

import { open } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { machineFault, writing } from './machine-fault.js';

const failure = (code: string): Error => Object.assign(new Error(`${code}: of the system`), { code });

describe('machineFault', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EMFILE', 'ENFILE'])('tells %s in words', (code) => {
    const fault = machineFault(failure(code), 'read /a.tar');
    expect(fault).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^cannot read \/a\.tar: /) as string,
    });
    expect(fault?.message).not.toContain(code);
  });

  it('knows the words of SQLite', () => {
    let thrown: unknown;
    try {
      new DatabaseSync('/nonexistent/state.db');
    } catch (failed) {
      thrown = failed;
    }
    expect(machineFault(thrown, 'write to /nonexistent')).toBeInstanceOf(StartError);
  });

  it('takes nothing else for one', () => {
    for (const thrown of [
      new Error('it ends too early'),
      failure('EIO'),
      failure('EISDIR'),
      new StartError('NOT_FOUND', 'no'),
    ])
      expect(machineFault(thrown, 'read it')).toBeUndefined();
  });
});

describe('writing', () => {
  it('names the place, whatever the system says', async () => {
    await expect(writing('/x', () => Promise.reject(failure('EIO')))).rejects.toThrow(/^cannot write to \/x: .*EIO/);
    await expect(writing('/x', () => Promise.reject(failure('ENOSPC')))).rejects.toThrow(/Free some space/);
    const ours = new Error('of the program');
    await expect(writing('/x', () => Promise.reject(ours))).rejects.toBe(ours);
  });

  it.runIf(process.platform === 'linux')('tells of a disk that is full', async () => {
    const file = await open('/dev/full', 'w');
    try {
      await expect(writing('/dev/full', () => file.writeFile('x'))).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: 'cannot write to /dev/full: the disk is full. Free some space there, and try again.',
      });
    } finally {
      await file.close();
    }
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Housekeeper, openState, type OpenState, type Sweep } from './index.js';

const day = 86_400_000;
const hour = 3_600_000;

describe('Housekeeper', () => {
  let folder: string;
  let state: OpenState;
  let clock: FakeClock;
  let logger: RecordingLogger;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapewatch-housekeeper-'));
    clock = new FakeClock();
    logger = new RecordingLogger();
    state = await openState({ path: join(folder, 'state.db'), migrations: [], now: () => clock.now(), logger });
  });
  afterEach(async () => {
    await state.database.close();
    await rm(folder, { recursive: true, force: true });
  });

  function keeper(sweeps: readonly Sweep[]) {
    const seen = { deleted: 0, backups: 0 };
    const housekeeper = new Housekeeper({
      ...{ database: state.database, backups: state.backups, sweeps, clock, logger },
      deleted: (_, count) => (seen.deleted += count),
      backedUp: () => seen.backups++,
    });
    return { housekeeper, seen };
  }
  /** Real work of the storage worker under a fake clock. */
  const pass = (ms: number, done: () => void): Promise<void> =>
    vi.waitFor(async () => {
      await clock.advance(ms);
      done();
    });

  it('deletes in steps until nothing is left, every hour', async () => {
    let old = 1_200;
    const asked: number[] = [];
    const { housekeeper, seen } = keeper([
      {
        history: 'notes',
        keepMs: day,
        delete: (_, before, atMost) => {
          asked.push(before);
          const count = Math.min(old, atMost);
          old -= count;
          return Promise.resolve(count);
        },
      },
    ]);
    housekeeper.start();
    await clock.advance(59_000);
    expect(asked).toEqual([]);
    await clock.advance(1_000);
    await pass(20, () => expect(old).toBe(0));
    await pass(20, () => expect(seen).toEqual({ deleted: 1_200, backups: 1 }));
    // One time for the whole round.
    const before = Date.UTC(2026, 0, 1) + 60_000 - day;
    expect(asked.slice(0, 4)).toEqual([before, before, before, before]);
    old = 5;
    await pass(hour / 4, () => expect(old).toBe(0));
    await housekeeper.stop();
  });

  it('makes a backup a day, also when a sweep fails', async () => {
    const { housekeeper, seen } = keeper([
      { history: 'notes', keepMs: day, delete: () => Promise.reject(new Error('disk full')) },
    ]);
    await housekeeper.round();
    await housekeeper.round();
    expect(seen.backups).toBe(1);
    expect(logger.lines.map(({ message }) => message)).toContain('could not delete old notes; trying again in an hour');
    await clock.advance(day);
    await housekeeper.round();
    expect(seen.backups).toBe(2);
    expect(await state.backups.list()).toHaveLength(2);
  });

  it('stops in the middle', async () => {
    const { housekeeper } = keeper([{ history: 'notes', keepMs: day, delete: () => Promise.resolve(1) }]);
    housekeeper.start();
    await clock.advance(60_000);
    const stopped = housekeeper.stop();
    await stopped;
  });
});

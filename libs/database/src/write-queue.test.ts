import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { WriteQueue } from './write-queue.js';

function queueOver(write: (batch: readonly number[]) => Promise<void>) {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const seen = { dropped: 0, failed: 0 };
  const queue = new WriteQueue<number>({
    write,
    failed: () => seen.failed++,
    dropped: (count) => (seen.dropped += count),
    what: 'the diary',
    clock,
    logger,
  });
  return { queue, clock, logger, seen };
}

describe('WriteQueue', () => {
  it('writes in order, and together what comes while it writes', async () => {
    const batches: (readonly number[])[] = [];
    const { queue } = queueOver((batch) => Promise.resolve(void batches.push(batch)));
    await Promise.all([queue.add([1]), queue.add([2, 3]), queue.add([4])]);
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('tries until it works, loses nothing, and says so once', async () => {
    const written: number[] = [];
    let broken = true;
    const { queue, clock, logger, seen } = queueOver((batch) => {
      if (broken) return Promise.reject(new Error('disk full'));
      written.push(...batch);
      return Promise.resolve();
    });
    let done = false;
    void queue.add([1]).then(() => (done = true));
    await clock.advance(3_000);
    void queue.add([2]);
    await clock.advance(10_000);
    expect([done, queue.healthy]).toEqual([false, false]);
    broken = false;
    await clock.advance(6_000);
    expect([done, queue.healthy, written]).toEqual([true, true, [1, 2]]);
    expect(seen.failed).toBeGreaterThan(3);
    expect(logger.lines.map(({ message }) => message)).toEqual([
      'the diary cannot be written; keeping it in memory and trying again',
      'the diary can be written again',
    ]);
  });

  it('gives up the oldest when too many wait, and counts them', async () => {
    const { queue, clock, seen } = queueOver(() => Promise.reject(new Error('disk full')));
    void queue.add([0]);
    await clock.advance(50);
    void queue.add(Array.from({ length: 50_010 }, (_, i) => i));
    expect(seen.dropped).toBeGreaterThanOrEqual(10);
    await queue.stop();
  });

  it('makes one last attempt when it is stopped', async () => {
    const written: number[] = [];
    let calls = 0;
    const { queue, clock } = queueOver((batch) => {
      if (++calls === 1) return Promise.reject(new Error('busy'));
      written.push(...batch);
      return Promise.resolve();
    });
    void queue.add([7]);
    await clock.advance(10);
    await queue.stop();
    expect(written).toEqual([7]);
  });
});

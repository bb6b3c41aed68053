import type { Timer } from '@tapewatch/model';
import { FakeClock } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { atWallTime } from './wall-timer.js';

const dayMs = 86_400_000;

/** Node fires a longer timer after one millisecond. */
class NodeLikeClock extends FakeClock {
  override setTimeout(callback: () => void, delayMs: number): Timer {
    return super.setTimeout(callback, delayMs > 2_147_483_647 ? 1 : delayMs);
  }
}

describe('atWallTime', () => {
  it('calls back once at the time, also when it is 30 days away', async () => {
    const clock = new NodeLikeClock();
    let called = 0;
    atWallTime(clock, clock.now() + 30 * dayMs, () => called++);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(30 * dayMs - 1);
    expect(called).toBe(0);
    await clock.advance(1);
    expect([called, clock.pendingTimers]).toEqual([1, 0]);
  });

  it('follows a wall clock that is set', async () => {
    const clock = new NodeLikeClock();
    let called = 0;
    atWallTime(clock, clock.now() + 30 * dayMs, () => called++);
    clock.jump(30 * dayMs);
    await clock.advance(3_600_000);
    expect(called).toBe(1);
  });

  it('never calls back once it is cancelled', async () => {
    const clock = new NodeLikeClock();
    let called = 0;
    const timer = atWallTime(clock, clock.now() + 2 * dayMs, () => called++);
    await clock.advance(dayMs);
    timer.cancel();
    await clock.advance(2 * dayMs);
    expect([called, clock.pendingTimers]).toEqual([0, 0]);
  });
});

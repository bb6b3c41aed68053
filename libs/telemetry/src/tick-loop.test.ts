import { describe, expect, it } from 'vitest';
import type { Clock, Timer } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { TickLoop } from './tick-loop.js';
import type { TickEvent } from './tick-loop.js';

const noon = Date.UTC(2026, 0, 1, 12);

function started(clock: Clock): { ticks: TickEvent[]; loop: TickLoop; logger: RecordingLogger } {
  const ticks: TickEvent[] = [];
  const logger = new RecordingLogger();
  const loop = new TickLoop({ clock, logger, onTick: (tick) => ticks.push(tick) });
  loop.start();
  return { ticks, loop, logger };
}

/** A clock whose timers do not fire by themselves, so that a blocked process can be played. */
class HeldClock implements Clock {
  monotonicMs = 0;
  wallOffsetMs = noon;
  delayMs = 0;
  #callback: (() => void) | undefined;

  now(): number {
    return this.monotonicMs + this.wallOffsetMs;
  }

  monotonic(): number {
    return this.monotonicMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    this.#callback = callback;
    this.delayMs = delayMs;
    return {
      cancel: () => {
        this.#callback = undefined;
      },
    };
  }

  fire(): void {
    this.#callback?.();
  }
}

describe('TickLoop', () => {
  it('calls back on every whole second of the wall clock', async () => {
    const clock = new FakeClock(noon + 300);
    const { ticks } = started(clock);
    await clock.advance(699);
    expect(ticks).toEqual([]);
    await clock.advance(2001);
    expect(ticks.map(({ at }) => at - noon)).toEqual([1000, 2000, 3000]);
  });

  it('does not drift over an hour', async () => {
    const clock = new FakeClock(noon + 300);
    const { ticks } = started(clock);
    await clock.advance(3_600_000);
    expect(ticks).toHaveLength(3600);
    expect(ticks.at(-1)).toEqual({ at: noon + 3_600_000, lagMs: 0, missed: 0 });
  });

  it('runs one tick after a block, counts the others as missed, and waits for the next second', () => {
    const clock = new HeldClock();
    const { ticks } = started(clock);
    clock.monotonicMs = 3400;
    clock.fire();
    expect(ticks).toEqual([{ at: noon + 3000, lagMs: 400, missed: 2 }]);
    expect(clock.delayMs).toBe(600);
  });

  it('waits on when a timer fires too early', () => {
    const clock = new HeldClock();
    const { ticks } = started(clock);
    clock.monotonicMs = 999.4;
    clock.fire();
    expect(ticks).toEqual([]);
    expect(clock.delayMs).toBe(1);
  });

  it('logs a suspended machine and moves on with the wall clock', async () => {
    const clock = new FakeClock(noon);
    const { ticks, logger } = started(clock);
    await clock.advance(1000);
    clock.jump(60_000);
    await clock.advance(2000);
    expect(ticks.map(({ at }) => at - noon)).toEqual([1000, 62_000, 63_000]);
    expect(logger.lines).toHaveLength(1);
  });

  it('never goes back and logs twice when the wall clock is set back', async () => {
    const clock = new FakeClock(noon);
    const { ticks, logger } = started(clock);
    await clock.advance(1000);
    clock.jump(-1500);
    await clock.advance(60_000);
    const labels = ticks.map(({ at }) => at);
    expect(labels).toEqual([...new Set(labels)].sort((a, b) => a - b));
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    expect(ticks.at(-1)?.at).toBe(clock.now() - (clock.now() % 1000));
  });

  it('goes on after a callback that throws', async () => {
    const clock = new FakeClock(noon);
    const logger = new RecordingLogger();
    let calls = 0;
    const loop = new TickLoop({
      clock,
      logger,
      onTick: () => {
        calls++;
        throw new Error('broken');
      },
    });
    loop.start();
    await clock.advance(2000);
    expect(calls).toBe(2);
    expect(logger.lines[0]).toMatchObject({ level: 'error', fields: { error: 'broken' } });
  });

  it('calls nothing after stop, and leaves no timer', async () => {
    const clock = new FakeClock(noon);
    const { ticks, loop } = started(clock);
    loop.stop();
    loop.stop();
    await clock.advance(5000);
    expect(ticks).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});

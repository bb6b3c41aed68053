import { FakeClock } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { closeAll, closeWithinMs } from './closing.js';
import type { Closer } from './closing.js';
import { stopDeadlineMs } from './start-command.js';

describe('closeAll', () => {
  const closing = (what: string, steps: string[], close: () => Promise<void> = () => Promise.resolve()): Closer => ({
    what,
    withinMs: 1_000,
    close: () => {
      steps.push(what);
      return close();
    },
  });

  it('closes one after the other, and leaves no timer behind', async () => {
    const clock = new FakeClock();
    const steps: string[] = [];
    expect(await closeAll([closing('a', steps), closing('b', steps)], clock)).toEqual([]);
    expect([steps, clock.pendingTimers]).toEqual([['a', 'b'], 0]);
  });

  it('goes on to the next when one fails or hangs', async () => {
    const clock = new FakeClock();
    const steps: string[] = [];
    const closed = closeAll(
      [
        closing('a', steps, () => Promise.reject(new Error('stuck'))),
        closing('b', steps, () => new Promise(() => undefined)),
        closing('c', steps),
      ],
      clock,
    );
    await clock.advance(999);
    expect(steps).toEqual(['a', 'b']);
    await clock.advance(1);
    expect(await closed).toMatchObject([{ message: 'stuck' }, { message: 'b did not close within 1 s' }]);
    expect(steps).toEqual(['a', 'b', 'c']);
  });

  it('has time for all parts before the process is ended by force', () => {
    const sumMs = Object.values(closeWithinMs).reduce((sum, ms) => sum + ms, 0);
    expect(sumMs).toBeLessThan(stopDeadlineMs);
  });
});

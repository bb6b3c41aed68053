import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FaultSchedule, maxRequestedFaults } from './fault-schedule.js';

const stall = { fault: 'stall', feed: 'ticker' } as const;

describe('FaultSchedule', () => {
  it('repeats a planned fault with its period', () => {
    const schedule = new FaultSchedule([{ ...stall, at: 20_000, every: 300_000, for: 20_000 }]);
    const activeAt = [19_999, 20_000, 39_999, 40_000, 319_999, 320_000, 340_000].map(
      (ms) => schedule.active(ms).length,
    );
    expect(activeAt).toEqual([0, 1, 1, 0, 0, 1, 0]);
    expect(schedule.active(325_000)).toEqual([{ fault: stall, startMs: 320_000, endMs: 340_000 }]);
  });

  it('keeps a fault without an end until all are cleared, repeats included', () => {
    const schedule = new FaultSchedule([
      { ...stall, at: 0 },
      { ...stall, at: 10, every: 100, for: 5 },
    ]);
    expect(schedule.active(1_000_000)).toHaveLength(1);
    expect(schedule.clear(112)).toBe(2);
    expect(schedule.active(212)).toEqual([]);
    expect(schedule.begun(0, 1000)).toEqual([]);
  });

  it('tells each start once, momentary faults included', () => {
    const schedule = new FaultSchedule([{ fault: 'disconnect', at: 1000, every: 3000 }]);
    const starts: number[] = [];
    for (let ms = 0; ms < 10_000; ms += 400) starts.push(...schedule.begun(ms - 400, ms).map((one) => one.startMs));
    expect(starts).toEqual([1000, 4000, 7000]);
    expect(schedule.active(1000)).toEqual([]);
  });

  it('bounds requested faults and makes room when some have ended', () => {
    const schedule = new FaultSchedule();
    for (let i = 0; i < maxRequestedFaults; i++) expect(schedule.add({ ...stall, for: 10 }, 0)).toBeDefined();
    expect(schedule.add({ ...stall, for: 10 }, 9)).toBeUndefined();
    expect(schedule.add({ ...stall, for: 10 }, 10)).toBeDefined();
    expect(schedule.active(10)).toHaveLength(1);
  });

  it('is active exactly inside its occurrences', () => {
    const times = fc.integer({ min: 0, max: 5000 });
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: 2, max: 900 }),
        fc.integer({ min: 1, max: 899 }),
        times,
        (at, every, length, now) => {
          fc.pre(length < every);
          const [found] = new FaultSchedule([{ ...stall, at, every, for: length }]).active(now);
          const into = (now - at) % every;
          expect(found !== undefined).toBe(now >= at && into < length);
          if (found !== undefined) expect(now - found.startMs).toBe(into);
        },
      ),
    );
  });
});

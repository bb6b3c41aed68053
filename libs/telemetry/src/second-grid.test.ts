import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecondGrid } from './second-grid.js';

const noon = Date.UTC(2026, 0, 1, 12);

/** Steps the grid with every tick called exactly when due, while the wall clock runs `wallOffsetMs` beside it. */
function stepOnTime(grid: SecondGrid, wallOffsetMs: number): ReturnType<SecondGrid['step']> {
  const monotonicMs = grid.dueMs;
  return grid.step(monotonicMs + wallOffsetMs, monotonicMs);
}

describe('SecondGrid', () => {
  it('begins with the next whole second and walks on by one', () => {
    const grid = new SecondGrid(noon + 250, 5000);
    expect(grid.dueMs).toBe(5750);
    expect(stepOnTime(grid, noon + 250 - 5000)).toEqual({ at: noon + 1000, lagMs: 0, missed: 0 });
    expect(grid.dueMs).toBe(6750);
    expect(stepOnTime(grid, noon + 250 - 5000).at).toBe(noon + 2000);
  });

  it('measures the lag of a late tick and keeps the grid', () => {
    const grid = new SecondGrid(noon, 0);
    expect(grid.step(noon + 1300, 1300)).toEqual({ at: noon + 1000, lagMs: 300, missed: 0 });
    expect(grid.dueMs).toBe(2000);
  });

  it('counts the ticks that a block swallowed and goes on from the newest', () => {
    const grid = new SecondGrid(noon, 0);
    expect(grid.step(noon + 4200, 4200)).toEqual({ at: noon + 4000, lagMs: 200, missed: 3 });
    expect(grid.dueMs).toBe(5000);
  });

  it('tells what it has jumped over in all, and how far it is ahead of a wall clock that was set back', () => {
    const grid = new SecondGrid(noon, 0);
    stepOnTime(grid, noon);
    expect(grid.timeline).toEqual({ skippedMs: 0, aheadMs: 0 });
    stepOnTime(grid, noon + 60_000);
    stepOnTime(grid, noon + 70_000);
    expect(grid.timeline).toEqual({ skippedMs: 70_000, aheadMs: 0 });
    stepOnTime(grid, noon);
    expect(grid.timeline).toEqual({ skippedMs: 70_000, aheadMs: 69_950 });
    stepOnTime(grid, noon);
    expect(grid.timeline.aheadMs).toBe(69_900);
    for (let i = 0; i < 1_400; i++) stepOnTime(grid, noon);
    expect(grid.timeline).toEqual({ skippedMs: 70_000, aheadMs: 0 });
  });

  it('jumps forward with the wall clock and leaves half a second before the next tick', () => {
    const grid = new SecondGrid(noon, 0);
    const step = grid.step(noon + 3_600_900, 1000);
    expect(step).toMatchObject({ at: noon + 3_600_000, missed: 0, change: { kind: 'moved-forward' } });
    expect(grid.dueMs - 1000).toBeCloseTo(1100, 6);
    expect(stepOnTime(grid, noon + 3_599_900).at).toBe(noon + 3_602_000);
  });

  it('stretches the second by 5 % while the wall clock is behind, and says so once', () => {
    const grid = new SecondGrid(noon, 0);
    const changes = [];
    let wallOffsetMs = noon;
    for (let tick = 0; tick < 40; tick++) {
      const before = grid.dueMs;
      if (tick === 3) wallOffsetMs -= 1000;
      const { change } = stepOnTime(grid, wallOffsetMs);
      if (change !== undefined) changes.push({ tick, kind: change.kind });
      expect(grid.dueMs - before).toBeLessThanOrEqual(1050.001);
      expect(grid.dueMs - before).toBeGreaterThanOrEqual(999.999);
    }
    expect(changes).toEqual([
      { tick: 3, kind: 'stretching' },
      { tick: 23, kind: 'agreed' },
    ]);
  });

  it('follows small drift by at most 10 ms a tick', () => {
    const grid = new SecondGrid(noon, 0);
    stepOnTime(grid, noon + 200);
    expect(grid.dueMs).toBe(1990);
    for (let tick = 0; tick < 30; tick++) stepOnTime(grid, noon + 200);
    expect((grid.dueMs + noon + 200) % 1000).toBe(0);
  });

  it('only ever grows by whole seconds, and never bunches, over random delays and jumps', () => {
    const event = fc.record({
      lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20_000 })),
      jumpMs: fc.oneof(
        fc.constant(0),
        fc.integer({ min: -20, max: 20 }),
        fc.integer({ min: -2000, max: 2000 }),
        fc.integer({ min: -86_400_000, max: 86_400_000 }),
      ),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), fc.integer({ min: 0, max: 999 }), (events, phaseMs) => {
        let wallOffsetMs = noon + phaseMs;
        const grid = new SecondGrid(wallOffsetMs, 0);
        let last = -Infinity;
        let due = grid.dueMs;
        for (const { lateMs, jumpMs } of events) {
          wallOffsetMs += jumpMs;
          const monotonicMs = due + lateMs;
          const step = grid.step(monotonicMs + wallOffsetMs, monotonicMs);
          expect(step.at % 1000).toBe(0);
          expect(step.at).toBeGreaterThan(last);
          expect(step.lagMs).toBeLessThan(1000);
          expect(step.missed).toBe(Math.floor((monotonicMs - due) / 1000));
          // The next tick is due after now, and at least half a jump's reserve or one second less drift after the last due.
          expect(grid.dueMs).toBeGreaterThan(monotonicMs - 11);
          expect(grid.dueMs - due).toBeGreaterThan(489);
          last = step.at;
          due = grid.dueMs;
        }
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupSchedule } from './group-schedule.js';

const start = Date.UTC(2026, 0, 1);

describe('GroupSchedule', () => {
  it('is due on every tick at one second', () => {
    const schedule = new GroupSchedule(1000, 'a');
    expect([0, 1, 2].map((second) => schedule.take(start + second * 1000))).toEqual([0, 0, 0]);
  });

  it('is due at once, then once per interval on its grid', () => {
    const schedule = new GroupSchedule(5000, 'a');
    const due = Array.from({ length: 21 }, (_, second) => second).filter(
      (second) => schedule.take(start + second * 1000) !== undefined,
    );
    expect(due[0]).toBe(0);
    expect(due.slice(2).map((second, i) => second - (due[i + 1] as number))).toEqual(due.slice(2).map(() => 5));
  });

  it('counts what was missed and does not make it up', () => {
    const schedule = new GroupSchedule(1000, 'a');
    schedule.take(start);
    expect(schedule.take(start + 4000)).toBe(3);
    expect(schedule.take(start + 5000)).toBe(0);
  });

  it('does not count what ticks have jumped over', () => {
    const schedule = new GroupSchedule(1000, 'a');
    schedule.take(start);
    expect(schedule.take(start + 3_603_000, 3_600_000)).toBe(2);
    expect(schedule.take(start + 3_605_000, 3_600_000)).toBe(1);
  });

  it('accounts for every slot exactly once, whatever ticks are missed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 60 }),
        fc.string(),
        (steps, seconds, identity) => {
          const schedule = new GroupSchedule(seconds * 1000, identity);
          let at = start;
          schedule.take(at);
          let slots = 0;
          for (const step of steps) {
            at += step * 1000;
            const missed = schedule.take(at);
            if (missed !== undefined) slots += missed + 1;
          }
          const elapsed = (at - start) / 1000 / seconds;
          expect(Math.abs(slots - elapsed)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

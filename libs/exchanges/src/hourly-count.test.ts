import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HourlyCount } from './hourly-count.js';

const minuteMs = 60_000;

describe('HourlyCount', () => {
  it('forgets what is an hour old', () => {
    const count = new HourlyCount();
    count.add(0);
    count.add(30 * minuteMs);
    expect(count.total(59 * minuteMs)).toBe(2);
    expect(count.total(60 * minuteMs)).toBe(1);
    expect(count.total(90 * minuteMs)).toBe(0);
  });

  it('agrees with counting the events of the last 60 minutes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 * minuteMs })), (gapsMs) => {
        const count = new HourlyCount();
        const minutes: number[] = [];
        let nowMs = 0;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          count.add(nowMs);
          minutes.push(Math.floor(nowMs / minuteMs));
        }
        const oldest = Math.floor(nowMs / minuteMs) - 59;
        expect(count.total(nowMs)).toBe(minutes.filter((minute) => minute >= oldest).length);
      }),
    );
  });
});

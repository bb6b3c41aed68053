import { describe, expect, it } from 'vitest';
import { CronSchedule } from './cron.js';

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

describe('CronSchedule', () => {
  it('finds the times before and after', () => {
    const daily = new CronSchedule('5 0 * * *', 'UTC');
    const at = Date.UTC(2026, 10, 25, 0, 5);
    expect(iso(daily.last(at))).toBe('2026-11-25T00:05:00.000Z');
    expect(iso(daily.last(at - 1))).toBe('2026-11-24T00:05:00.000Z');
    expect(iso(daily.next(at))).toBe('2026-11-26T00:05:00.000Z');
    expect(iso(daily.next(at - 1))).toBe('2026-11-25T00:05:00.000Z');
  });

  it('follows the clocks of its zone when they change, and comes once a day all the same', () => {
    const berlin = new CronSchedule('30 2 * * *', 'Europe/Berlin');
    const runs = (from: number): string[] => {
      const found: string[] = [];
      for (let at = from; found.length < 3;) found.push(iso((at = berlin.next(at) as number)) as string);
      return found;
    };
    // In March 02:30 does not exist: it is made up for at 03:00. In October it comes twice, and counts once.
    expect(runs(Date.UTC(2026, 2, 28, 12))).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
      '2026-03-31T00:30:00.000Z',
    ]);
    expect(runs(Date.UTC(2026, 9, 24, 12))).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
      '2026-10-27T01:30:00.000Z',
    ]);
  });

  it.each(['', '* * *', '61 * * * *', '* * * * * *', 'daily at noon'])('refuses "%s"', (expression) => {
    expect(() => new CronSchedule(expression, 'UTC')).toThrow();
  });

  it('refuses a zone that does not exist', () => {
    expect(() => new CronSchedule('5 0 * * *', 'Mars/Olympus')).toThrow(/Mars/);
  });

  it('knows what never comes', () => {
    expect(new CronSchedule('0 0 31 2 *', 'UTC').next(0)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { lastWholeDay, reportRange } from './range.js';

const now = Date.UTC(2026, 10, 25, 15, 30);
const day = 86_400_000;

describe('reportRange', () => {
  it('is the last whole UTC day when nothing is asked for', () => {
    const wanted = { fromMs: Date.UTC(2026, 10, 24), toMs: Date.UTC(2026, 10, 25) };
    expect(lastWholeDay(now)).toEqual(wanted);
    expect(reportRange({}, now)).toEqual({ ok: true, value: { ...wanted, cutOff: false } });
  });

  it('is a day where one end is given', () => {
    expect(reportRange({ from: now - 2 * day }, now)).toMatchObject({ value: { toMs: now - day, cutOff: false } });
    expect(reportRange({ to: now - day }, now)).toMatchObject({ value: { fromMs: now - 2 * day } });
  });

  it('is cut off at now, and says so', () => {
    expect(reportRange({ from: now - 1000, to: now + 1000 }, now)).toMatchObject({
      value: { toMs: now, cutOff: true },
    });
  });

  it.each([
    ['ends before it begins', { from: now - 5, to: now - 10 }, 'before'],
    ['is empty', { from: now - 5, to: now - 5 }, 'before'],
    ['begins in the future', { from: now + 5, to: now + 10 }, 'future'],
    ['is longer than 31 days', { from: now - 31 * day - 1, to: now }, '31 days'],
    ['begins before all time', { from: -5, to: 5 }, '1970'],
  ])('is refused when it %s', (_what, asked, message) => {
    expect(reportRange(asked, now)).toMatchObject({
      ok: false,
      refusal: { code: 'INVALID_INPUT', path: 'from', message: expect.stringContaining(message) as string },
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOver, known, merge, type PostedAlert } from './posted-alert.js';

const timeout = 300_000;
const labels = { alertname: 'test' };
const at = (now: number, posted: Partial<PostedAlert>) => known({ labels, annotations: {}, ...posted }, now, timeout);

describe('a posted alert', () => {
  it.each([
    ['neither time', {}, { startsAt: 1_000, endsAt: 301_000, timeout: true }],
    ['a start', { startsAt: 400 }, { startsAt: 400, endsAt: 301_000, timeout: true }],
    ['an end', { endsAt: 700 }, { startsAt: 700, endsAt: 700, timeout: false }],
    ['both', { startsAt: 400, endsAt: 700 }, { startsAt: 400, endsAt: 700, timeout: false }],
  ])('has the times that are left out, with %s', (_what, posted, wanted) => {
    expect(at(1_000, posted)).toMatchObject(wanted);
  });

  it('has no labels without a value', () => {
    expect(known({ labels: { a: '', b: 'x' }, annotations: {} }, 0, timeout).labels.toObject()).toEqual({ b: 'x' });
  });
});

describe('merging', () => {
  it.each([
    ['takes the earliest start of two that overlap', { startsAt: 100 }, 1_000, { startsAt: 500 }, { startsAt: 100 }],
    [
      'lets the newer stand for itself when they do not',
      { startsAt: 100, endsAt: 200 },
      1_000,
      { startsAt: 500 },
      { startsAt: 500 },
    ],
    [
      'takes the later of two ends that are past',
      { startsAt: 100, endsAt: 900 },
      1_000,
      { startsAt: 200, endsAt: 800 },
      { endsAt: 900 },
    ],
    [
      'does not let a timeout hold what has ended',
      { startsAt: 100 },
      1_000,
      { startsAt: 200, endsAt: 900 },
      { endsAt: 900 },
    ],
    [
      'lets a real end to come rule a timeout',
      { startsAt: 100, endsAt: 900_000 },
      1_000,
      { startsAt: 200 },
      { endsAt: 900_000, timeout: false },
    ],
    ['renews a timeout', { startsAt: 100 }, 60_000, { startsAt: 200 }, { endsAt: 360_000, timeout: true }],
  ])('%s', (_what, old, now, newer, wanted) => {
    expect(merge(at(500, old), at(now, newer), now)).toMatchObject(wanted);
  });

  const times = fc.record({
    startsAt: fc.option(fc.nat(5_000), { nil: undefined }),
    lasts: fc.option(fc.nat(5_000), { nil: undefined }),
  });
  const posted = times.map(({ startsAt, lasts }) => ({
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(lasts === undefined ? {} : { endsAt: (startsAt ?? 0) + lasts }),
  }));

  it('never starts later than the newer says, keeps its words, and is over only if the newer is or had no better end', () => {
    fc.assert(
      fc.property(posted, posted, fc.nat(10_000), fc.nat(1_000), (first, second, now, later) => {
        const old = at(now, first);
        const newer = known({ labels, annotations: { from: 'the newer' }, ...second }, now + later, timeout);
        const merged = merge(old, newer, now + later);
        expect(merged.startsAt).toBeLessThanOrEqual(newer.startsAt);
        expect(merged.startsAt === newer.startsAt || merged.startsAt === old.startsAt).toBe(true);
        expect(merged.endsAt === newer.endsAt || merged.endsAt === old.endsAt).toBe(true);
        expect(merged.annotations).toEqual({ from: 'the newer' });
        // Whether it fires is what the newest word says.
        expect(isOver(merged, now + later)).toBe(isOver(newer, now + later));
        // Hearing the same again changes nothing.
        expect(merge(merged, { ...newer, updatedAt: now + later }, now + later).startsAt).toBeLessThanOrEqual(
          newer.startsAt,
        );
      }),
    );
  });
});

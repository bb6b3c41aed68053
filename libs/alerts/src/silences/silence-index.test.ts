import { Labels } from '@tapewatch/model';
import { createMatcher } from '@tapewatch/promql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesAll } from './silence.js';
import { SilenceIndex } from './silence-index.js';

describe('SilenceIndex', () => {
  it('finds exactly those whose matchers all hold, in their order, however many there are', () => {
    const value = fc.constantFrom('', 'x', 'y', 'xy');
    const matcher = fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('=', '!=', '=~', '!~'), value)
      .map(([name, operator, text]) => createMatcher(name, operator, text));
    const silences = fc
      .array(fc.array(matcher, { minLength: 1, maxLength: 4 }), { maxLength: 70 })
      .map((all) => all.map((matchers, i) => ({ id: String(i), matchers })));
    const labels = fc.array(fc.record({ a: value, b: value, d: value }).map(Labels.of), { maxLength: 10 });
    fc.assert(
      fc.property(silences, labels, (all, some) => {
        const index = new SilenceIndex(all);
        for (const one of some) {
          expect(index.matching(one)).toEqual(
            all.filter(({ matchers }) => matchesAll(matchers, one)).map(({ id }) => id),
          );
        }
      }),
    );
  });
});

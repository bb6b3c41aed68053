import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteString, readStringLiteral } from './string-literal.js';

describe('quoteString', () => {
  it('reads back as the same text, and ends where it ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const quoted = quoteString(text);
        expect(readStringLiteral(`${quoted}"rest`, 0)).toEqual({ value: text, end: quoted.length });
      }),
    );
  });
});

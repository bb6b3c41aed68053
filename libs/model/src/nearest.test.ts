import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from './nearest.js';

describe('nearest', () => {
  it('finds the word that was meant', () => {
    expect(nearest('exchangs', ['exchanges', 'checks'])).toBe('exchanges');
    expect(nearest('BINANCE', ['kraken', 'binance'])).toBe('binance');
    expect(nearest('htpt', ['http', 'exchange'])).toBe('http');
    expect(didYouMean('sumb', ['sum', 'min'])).toBe('Did you mean "sum"?');
  });

  it('says nothing when no word is near', () => {
    expect(nearest('weather', ['exchanges', 'checks'])).toBeUndefined();
    expect(nearest('', ['a'])).toBeUndefined();
    expect(didYouMean('x'.repeat(65), ['x'.repeat(64)])).toBeUndefined();
  });

  it('finds every word itself, and a word with one slip', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,20}$/), fc.nat(), (word, place) => {
        expect(nearest(word, [word])).toBe(word);
        const at = place % word.length;
        expect(nearest(word.slice(0, at) + word.slice(at + 1), [word])).toBe(word);
      }),
    );
  });
});

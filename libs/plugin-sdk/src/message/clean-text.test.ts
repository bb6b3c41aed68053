import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText, cutText } from './clean-text.js';
import { joinWithin } from './join-within.js';

describe('cleanLine and cleanText', () => {
  it('take out what moves a cursor, ends a line or turns the direction', () => {
    expect(cleanLine(' a\u001b[2Jb\r\nc\u202ed\u2028e\ud800 ')).toBe('a [2Jb cd e\ufffd');
    expect(cleanText('a\r\nb\tc\u0007\rd')).toBe('a\nb c \nd');
  });
});

describe('cutText', () => {
  const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const unescape = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&amp;', '&');

  it('leaves alone what fits, and shows where it has cut', () => {
    expect(cutText('a<b', 6, escape)).toBe('a&lt;b');
    expect(cutText('a<bc', 6, escape)).toBe('a&lt;…');
    expect(cutText('a😀b', 3)).toBe('a…');
  });

  it('keeps to the limit, and never cuts through a pair or an escape', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '&', '<', '😀', '가') }),
        fc.integer({ min: 1, max: 60 }),
        (text, limit) => {
          const cut = cutText(text, limit, escape);
          expect(cut.length).toBeLessThanOrEqual(limit);
          expect(cut.isWellFormed()).toBe(true);
          const back = unescape(cut);
          expect(text.startsWith(back.endsWith('…') ? back.slice(0, -1) : back)).toBe(true);
        },
      ),
    );
  });
});

describe('joinWithin', () => {
  it('keeps to the limit, leaves whole blocks out at the end, and counts them', () => {
    const blocks = fc.array(
      fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 }).map((text) => text.replaceAll('|', '/')),
    );
    fc.assert(
      fc.property(blocks, fc.integer({ min: 10, max: 200 }), (given, limit) => {
        const text = joinWithin(given, { limit, separator: '|', more: (count) => `+${count}` });
        expect(text.length).toBeLessThanOrEqual(limit);
        const parts = text === '' ? [] : text.split('|');
        if (given.join('|').length <= limit) {
          expect(parts).toEqual(given);
          return;
        }
        const left = Number(parts.pop()?.slice(1));
        expect(parts).toEqual(given.slice(0, given.length - left));
      }),
    );
  });
});

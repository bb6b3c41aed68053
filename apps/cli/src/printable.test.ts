import { describe, expect, it } from 'vitest';
import { printable } from './printable.js';
import { createStyle } from './style.js';
import { tableLines } from './table.js';

describe('printable', () => {
  it.each([
    ['BTC/USDT 한국어 🚀', 'BTC/USDT 한국어 🚀'],
    ['x\u001b[2J\n99', 'x\\u001b[2J\\u000a99'],
    ['a\u202eb', 'a\\u202eb'],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('tableLines', () => {
  it('lets no cell draw a row of its own', () => {
    const lines = tableLines(['A', 'B'], [['1', 'x\n99  forged\u001b[31m']], createStyle(false));
    expect(lines).toEqual(['A  B', '1  x\\u000a99  forged\\u001b[31m']);
  });
});

import { describe, expect, it } from 'vitest';
import { beforeNumber, numberedPage } from './page.js';

describe('beforeNumber', () => {
  it('begins with the newest row, or below the one that was seen last', () => {
    expect(beforeNumber({ first: 2 })).toEqual({ ok: true, value: Number.MAX_SAFE_INTEGER });
    expect(beforeNumber({ first: 2, after: '17' })).toEqual({ ok: true, value: 17 });
  });

  it.each(['', '-1', '1.5', '1e3', 'x', '1234567890123456', ' 1'])('refuses %j', (after) => {
    expect(beforeNumber({ first: 2, after })).toMatchObject({
      ok: false,
      refusal: { code: 'INVALID_INPUT', path: 'after' },
    });
  });
});

describe('numberedPage', () => {
  const read = (row: number): { number: number; node: string } => ({ number: row, node: `row ${row}` });

  it('leaves out the row that only says that there are more', () => {
    expect(numberedPage([9, 7, 5], 2, read)).toEqual({
      items: [
        { cursor: '9', node: 'row 9' },
        { cursor: '7', node: 'row 7' },
      ],
      hasNextPage: true,
    });
  });

  it('is the last one when there are no more than it takes', () => {
    expect(numberedPage([9, 7], 2, read).hasNextPage).toBe(false);
    expect(numberedPage([], 2, read)).toEqual({ items: [], hasNextPage: false });
  });
});

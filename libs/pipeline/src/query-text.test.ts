import { describe, expect, it } from 'vitest';
import { formatQuery, parseQuery } from './query-text.js';

describe('formatQuery', () => {
  it('lays a query out', () => {
    expect(formatQuery('sum(rate(m[5m]))by(job)')).toEqual({ ok: true, value: 'sum by (job) (rate(m[5m]))' });
  });

  it('says where a text is no query', () => {
    expect(formatQuery('up ==')).toMatchObject({ ok: false, refusal: { code: 'QUERY_INVALID', path: '1:6' } });
  });
});

describe('parseQuery', () => {
  it('takes a query apart', () => {
    expect(parseQuery('-up')).toMatchObject({
      ok: true,
      value: { type: 'unaryExpr', op: '-', expr: { type: 'vectorSelector', name: 'up' } },
    });
  });

  it('says where a text is no query', () => {
    expect(parseQuery('sum(')).toMatchObject({ ok: false, refusal: { code: 'QUERY_INVALID', path: '1:5' } });
  });
});

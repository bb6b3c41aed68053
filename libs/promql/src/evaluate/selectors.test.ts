import { describe, expect, it } from 'vitest';
import { parse } from '../syntax/parse.js';
import { instant, range } from '../testing/evaluate-text.js';
import { InMemorySource } from '../testing/in-memory-source.js';
import { evaluateInstant } from './evaluate.js';

const none = {};

describe('vector selectors', () => {
  const source = InMemorySource.load(
    10_000,
    `price{venue="a"} 0+1x10
     price{venue="b"} 5 _ stale 8
     {"exchange.up", "a b"="c"} 1`,
  );

  it('take the newest sample, also when it is not at the very time', () => {
    expect(instant(source, 'price{venue="a"}', 35)).toEqual({ 'price{venue="a"}': 3 });
  });

  it('forget a sample when the lookback is over, its last moment excluded', () => {
    expect(instant(source, 'price{venue="a"}', 399.999)).toEqual({ 'price{venue="a"}': 10 });
    expect(instant(source, 'price{venue="a"}', 400)).toEqual(none);
    expect(instant(source, 'price{venue="a"}', 101, { lookbackMs: 1000 })).toEqual(none);
    expect(instant(source, 'price{venue="a"}', 100.5, { lookbackMs: 1000 })).toEqual({ 'price{venue="a"}': 10 });
  });

  it('end at a stale marker, and go on with the sample after it', () => {
    expect(instant(source, 'price{venue="b"}', 19)).toEqual({ 'price{venue="b"}': 5 });
    expect(instant(source, 'price{venue="b"}', 20)).toEqual(none);
    expect(instant(source, 'price{venue="b"}', 29)).toEqual(none);
    expect(instant(source, 'price{venue="b"}', 30)).toEqual({ 'price{venue="b"}': 8 });
  });

  it('match absent labels as empty ones', () => {
    expect(Object.keys(instant(source, '{venue="",__name__=~".+"}'))).toEqual(['{"exchange.up", "a b"="c"}']);
    expect(Object.keys(instant(source, 'price{venue!="", venue!~"b|c", host!="x"}'))).toEqual(['price{venue="a"}']);
  });

  it('find names in UTF-8', () => {
    expect(instant(source, '{"exchange.up", "a b"="c"}')).toEqual({ '{"exchange.up", "a b"="c"}': 1 });
  });

  it('shift by offset, back and ahead', () => {
    expect(instant(source, 'price{venue="a"} offset 20s', 50)).toEqual({ 'price{venue="a"}': 3 });
    expect(instant(source, 'price{venue="a"} offset -20s', 50)).toEqual({ 'price{venue="a"}': 7 });
  });

  it('pin the time with @, offset on top in either order', () => {
    expect(instant(source, 'price{venue="a"} @ 30', 90)).toEqual({ 'price{venue="a"}': 3 });
    expect(instant(source, 'price{venue="a"} @ 30 offset 10s', 90)).toEqual({ 'price{venue="a"}': 2 });
    expect(instant(source, 'price{venue="a"} offset 10s @ 30', 90)).toEqual({ 'price{venue="a"}': 2 });
    expect(range(source, 'price{venue="a"} @ start()', 20, 40, 10)).toEqual({ 'price{venue="a"}': '20:2 30:2 40:2' });
    expect(range(source, 'price{venue="a"} @ end()', 20, 40, 10)).toEqual({ 'price{venue="a"}': '20:4 30:4 40:4' });
  });

  it('ask the source once in a run, for no more than is read', () => {
    const asked: number[][] = [];
    const spy = {
      select: (...[matchers, fromMs, toMs]: Parameters<InMemorySource['select']>) => {
        asked.push([fromMs / 1000, toMs / 1000]);
        return source.select(matchers, fromMs, toMs);
      },
    };
    range(
      spy,
      'price + max_over_time(price[10s:1s] @ 50 offset 3s) + ' +
        'max_over_time(rate(price[30s] offset 5s)[1m:10s] offset 1m) + price @ 7 offset 2s',
      1000,
      1100,
      10,
    );
    expect(asked).toEqual([
      [700, 1100],
      [50 - 3 - 10 - 300, 50 - 3],
      [1000 - 60 - 60 - 5 - 30, 1100 - 60 - 5],
      [7 - 2 - 300, 7 - 2],
    ]);
  });
});

describe('range selectors', () => {
  const source = InMemorySource.load(10_000, 'm 1 2 stale 4 5');

  it('leave out the start of the window, keep its end, and skip stale markers', () => {
    expect(instant(source, 'count_over_time(m[10s])', 10)).toEqual({ '{}': 1 });
    expect(instant(source, 'sum_over_time(m[10s])', 10)).toEqual({ '{}': 2 });
    expect(instant(source, 'sum_over_time(m[40s])', 40)).toEqual({ '{}': 11 });
    expect(instant(source, 'sum_over_time(m[41s])', 40)).toEqual({ '{}': 12 });
    expect(instant(source, 'count_over_time(m[5s])', 20)).toEqual(none);
  });

  it('are an answer themselves', () => {
    expect(evaluateInstant(parse('m[40s]'), source, 40_000)).toMatchObject({
      kind: 'matrix',
      series: [{ times: new Float64Array([10_000, 30_000, 40_000]), values: new Float64Array([2, 4, 5]) }],
    });
  });
});

describe('subqueries', () => {
  const source = InMemorySource.load(10_000, 'm 0+1x100');

  it('evaluate at multiples of their step, whatever the time is', () => {
    for (const time of [100, 103, 109.999]) {
      expect(instant(source, 'sum_over_time(m[30s:10s])', time)).toEqual({ '{}': 27 });
    }
    expect(instant(source, 'count_over_time(m[30s:7s])', 100)).toEqual({ '{}': 4 });
  });

  it('take one minute as their step unless told otherwise', () => {
    expect(instant(source, 'sum_over_time(m[5m:])', 300)).toEqual({ '{}': 30 + 24 + 18 + 12 + 6 });
    expect(instant(source, 'count_over_time(m[5m:])', 300, { defaultStepMs: 30_000 })).toEqual({ '{}': 10 });
  });

  it('nest, and give the same in each step of a range query', () => {
    const text = 'max_over_time(sum_over_time(m[30s:10s] offset 10s)[1m:20s])';
    const steps = range(source, text, 200, 240, 20)['{}'];
    expect(steps).toBe([200, 220, 240].map((time) => `${time}:${instant(source, text, time)['{}']}`).join(' '));
  });

  it('keep the name as long as what is inside does', () => {
    expect(instant(source, 'last_over_time(m[1m:10s])', 60)).toEqual({ m: 6 });
    expect(instant(source, 'last_over_time(abs(m)[1m:10s])', 60)).toEqual({ '{}': 6 });
  });
});

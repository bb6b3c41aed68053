import { describe, expect, it } from 'vitest';
import { EvaluationError } from '../errors.js';
import { instant } from '../testing/evaluate-text.js';
import { InMemorySource } from '../testing/in-memory-source.js';

const empty = new InMemorySource();

describe('arithmetic', () => {
  it.each([
    ['1 + 2 * 3 - 4 / 8', 6.5],
    ['-7 % 3', -1],
    ['5.5 % 2', 1.5],
    ['1 / 0', Infinity],
    ['-1 / 0', -Infinity],
    ['0 / 0', NaN],
    ['1 % 0', NaN],
    ['2 ^ 3 ^ 2', 512],
    ['1 ^ NaN', 1],
    ['(-1) ^ Inf', 1],
    ['(-1) ^ -Inf', 1],
    ['NaN ^ 0', 1],
    ['1 atan2 -1', Math.atan2(1, -1)],
    ['1 < bool 2', 1],
    ['NaN == bool NaN', 0],
    ['NaN != bool NaN', 1],
    ['Inf >= bool Inf', 1],
  ])('%s', (text, value) => {
    expect(instant(empty, text)).toEqual({ scalar: value });
  });

  const source = InMemorySource.load(1000, 'm{a="x"} 4\nm{a="y"} NaN\nm{a="z"} -1');

  it('between vector and scalar takes off the name, on either side', () => {
    expect(instant(source, '10 - m{a="x"}')).toEqual({ '{a="x"}': 6 });
    expect(instant(source, 'm{a="x"} / 8')).toEqual({ '{a="x"}': 0.5 });
    expect(instant(source, '-m{a="x"}')).toEqual({ '{a="x"}': -4 });
    expect(instant(source, '+m{a="x"}')).toEqual({ 'm{a="x"}': 4 });
  });

  it('filters by comparison and keeps value and name; NaN equals nothing', () => {
    expect(instant(source, 'm > 0')).toEqual({ 'm{a="x"}': 4 });
    expect(instant(source, '0 > m')).toEqual({ 'm{a="z"}': -1 });
    expect(instant(source, 'm != 4')).toEqual({ 'm{a="y"}': NaN, 'm{a="z"}': -1 });
    expect(instant(source, 'm == bool NaN')).toEqual({ '{a="x"}': 0, '{a="y"}': 0, '{a="z"}': 0 });
  });
});

describe('vector matching', () => {
  const source = InMemorySource.load(
    1000,
    `bid{venue="a", symbol="BTC", host="1"} 10
     bid{venue="b", symbol="BTC", host="1"} 20
     ask{venue="a", symbol="BTC", host="2"} 12
     ask{venue="c", symbol="BTC", host="2"} 30
     fee{venue="a", tier="gold"} 2
     fee{venue="b", tier="blue"} 4`,
  );

  it('puts samples with equal labels together, the name aside', () => {
    expect(instant(source, 'ask - ignoring (host) bid')).toEqual({ '{symbol="BTC", venue="a"}': 2 });
    expect(instant(source, 'ask - on (venue) bid')).toEqual({ '{venue="a"}': 2 });
    expect(instant(source, 'ask - bid')).toEqual({});
    expect(instant(source, 'bid + bid{venue="a"}')).toEqual({ '{host="1", symbol="BTC", venue="a"}': 20 });
  });

  it('keeps the left value, and its name unless labels are chosen', () => {
    expect(instant(source, 'ask > ignoring (host) bid')).toEqual({ 'ask{symbol="BTC", venue="a"}': 12 });
    expect(instant(source, 'ask > on (venue) bid')).toEqual({ '{venue="a"}': 12 });
    expect(instant(source, 'ask < bool on (venue) bid')).toEqual({ '{venue="a"}': 0 });
    expect(instant(source, 'rate(bid[5s]) < rate(bid[5s])')).toEqual({});
  });

  it('takes labels of the one side over with group_left and group_right', () => {
    const wanted = {
      '{host="1", symbol="BTC", tier="gold", venue="a"}': 20,
      '{host="1", symbol="BTC", tier="blue", venue="b"}': 80,
    };
    expect(instant(source, 'bid * on (venue) group_left (tier) fee')).toEqual(wanted);
    expect(instant(source, 'fee * on (venue) group_right (tier) bid')).toEqual(wanted);
    expect(instant(source, 'bid > on (venue) group_left (tier, host) fee')).toEqual({
      'bid{symbol="BTC", tier="gold", venue="a"}': 10,
      'bid{symbol="BTC", tier="blue", venue="b"}': 20,
    });
    expect(instant(source, 'fee - on (venue) group_right bid{venue="b"}')).toEqual({
      '{host="1", symbol="BTC", venue="b"}': -16,
    });
  });

  it.each([
    [
      'fee * on () bid',
      'found duplicate series for the match group {} on the right hand-side of the operation: ' +
        '[{__name__="bid", host="1", symbol="BTC", venue="a"}, {__name__="bid", host="1", symbol="BTC", venue="b"}];' +
        'many-to-many matching not allowed: matching labels must be unique on one side',
    ],
    ['bid * on (symbol) fee{venue="a"}', undefined],
    [
      'bid > on (symbol) ask{venue="a"}',
      'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
    ],
    [
      'bid * on (symbol) group_left (venue) ask{venue="a"}',
      'multiple matches for labels: grouping labels must ensure unique matches',
    ],
  ])('%s', (text, message) => {
    if (message === undefined) expect(instant(source, text)).toEqual({});
    else expect(() => instant(source, text)).toThrow(message);
  });

  it('refuses two matches even when the comparison would filter them away', () => {
    expect(() => instant(source, 'bid > on (symbol) ask{venue="c"}')).toThrow(EvaluationError);
  });
});

describe('set operators', () => {
  const source = InMemorySource.load(1000, 'a{x="1"} 1\na{x="2"} 2\nb{x="2"} 20\nb{x="3"} 30\nc 5');

  it.each([
    ['a and b', { 'a{x="2"}': 2 }],
    ['a and on () c', { 'a{x="1"}': 1, 'a{x="2"}': 2 }],
    ['a and c', {}],
    ['a or b', { 'a{x="1"}': 1, 'a{x="2"}': 2, 'b{x="3"}': 30 }],
    ['missing or b', { 'b{x="2"}': 20, 'b{x="3"}': 30 }],
    ['a or on (y) b', { 'a{x="1"}': 1, 'a{x="2"}': 2 }],
    ['a unless b', { 'a{x="1"}': 1 }],
    ['a unless ignoring (x) c', {}],
    ['a unless missing', { 'a{x="1"}': 1, 'a{x="2"}': 2 }],
  ])('%s', (text, wanted) => {
    expect(instant(source, text)).toEqual(wanted);
  });
});

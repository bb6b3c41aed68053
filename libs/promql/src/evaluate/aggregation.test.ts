import { describe, expect, it } from 'vitest';
import { EvaluationError } from '../errors.js';
import { instant, notes } from '../testing/evaluate-text.js';
import { InMemorySource } from '../testing/in-memory-source.js';

describe('aggregations', () => {
  const source = InMemorySource.load(
    1000,
    `m{a="x", b="1"} 1
     m{a="x", b="2"} 3
     m{a="y", b="1"} 10
     m{a="y", b="2"} NaN
     m{a="y", b="3"} 20`,
  );

  it.each([
    ['sum by (a) (m{b!="2"})', { '{a="x"}': 1, '{a="y"}': 30 }],
    ['sum without (b) (m{a="x"})', { '{a="x"}': 4 }],
    ['sum(m)', { '{}': NaN }],
    ['avg by (a) (m{a="x"})', { '{a="x"}': 2 }],
    ['count by (a) (m)', { '{a="x"}': 2, '{a="y"}': 3 }],
    ['group by (a) (m)', { '{a="x"}': 1, '{a="y"}': 1 }],
    ['min by (a) (m)', { '{a="x"}': 1, '{a="y"}': 10 }],
    ['max by (a) (m)', { '{a="x"}': 3, '{a="y"}': 20 }],
    ['max(m{b="2", a="y"})', { '{}': NaN }],
    ['stddev by (a) (m{b!="2"})', { '{a="x"}': 0, '{a="y"}': 5 }],
    ['stdvar by (a) (m{a="x"})', { '{a="x"}': 1 }],
    ['quantile by (a) (0.25, m{b!="2"})', { '{a="x"}': 1, '{a="y"}': 12.5 }],
    ['quantile(1, m)', { '{}': 20 }],
    ['quantile(0, m)', { '{}': NaN }],
    ['quantile(2, m{a="x"})', { '{}': Infinity }],
    ['count_values("v", m)', { '{v="1"}': 1, '{v="3"}': 1, '{v="10"}': 1, '{v="NaN"}': 1, '{v="20"}': 1 }],
    ['count_values("b", m{a="x"}) by (a)', { '{a="x", b="1"}': 1, '{a="x", b="3"}': 1 }],
    ['count_values without (b) ("v", m{a="x"} > 1)', { '{a="x", v="3"}': 1 }],
    ['sum(missing)', {}],
    ['sum by (missing) (m{a="x"})', { '{}': 4 }],
  ])('%s', (text, wanted) => {
    expect(instant(source, text)).toEqual(wanted);
  });

  it('topk and bottomk keep whole samples, the best first and NaN last', () => {
    expect(Object.entries(instant(source, 'topk(2, m)'))).toEqual([
      ['m{a="y", b="3"}', 20],
      ['m{a="y", b="1"}', 10],
    ]);
    expect(Object.values(instant(source, 'bottomk(9, m)'))).toEqual([1, 3, 10, 20, NaN]);
    expect(instant(source, 'topk(1, m) by (a)')).toEqual({ 'm{a="x", b="2"}': 3, 'm{a="y", b="3"}': 20 });
    expect(instant(source, 'topk(0, m)')).toEqual({});
    expect(instant(source, 'topk(1.9, m)')).toEqual({ 'm{a="y", b="3"}': 20 });
  });

  it('topk finds what sorting finds', () => {
    const values = Array.from({ length: 200 }, (_, i) => (i * 7919) % 211);
    const many = InMemorySource.load(1000, values.map((value, i) => `m{i="${i}"} ${value}`).join('\n'));
    for (const k of [1, 5, 50, 199, 500]) {
      const sorted = [...values].sort((a, b) => b - a).slice(0, k);
      expect(Object.values(instant(many, `topk(${k}, m)`))).toEqual(sorted);
      expect(Object.values(instant(many, `bottomk(${k}, m)`))).toEqual([...values].sort((a, b) => a - b).slice(0, k));
    }
  });

  it('refuses parameters that make no sense', () => {
    expect(() => instant(source, 'topk(scalar(missing), m)')).toThrow('Parameter value is NaN');
    expect(() => instant(source, 'topk(1e30, m)')).toThrow('overflows int64');
    expect(() => instant(source, 'count_values("", m)')).toThrow(EvaluationError);
    expect(notes(source, 'quantile(1.5, m)')).toEqual([
      'PromQL warning: quantile value should be between 0 and 1, got 1.5 (1:10)',
    ]);
  });

  it('sums without losing what floating point drops', () => {
    const large = InMemorySource.load(1000, 'm{i="1"} 1e100\nm{i="2"} 1\nm{i="3"} -1e100\nm{i="4"} 1');
    expect(instant(large, 'sum(m)')).toEqual({ '{}': 2 });
    expect(instant(large, 'avg(m)')).toEqual({ '{}': 0.5 });
    const huge = InMemorySource.load(1000, 'm{i="1"} 1.5e308\nm{i="2"} 1.5e308\nm{i="3"} 1.5e308');
    expect(instant(huge, 'sum(m)')).toEqual({ '{}': Infinity });
    expect(instant(huge, 'avg(m)')['{}']).toBeCloseTo(1.5e308, -300);
    const infinite = InMemorySource.load(1000, 'm{i="1"} Inf\nm{i="2"} 1\nm{i="3"} Inf');
    expect(instant(infinite, 'sum(m)')).toEqual({ '{}': Infinity });
    expect(instant(infinite, 'avg(m)')).toEqual({ '{}': Infinity });
  });
});

describe('delayed name removal', () => {
  const source = InMemorySource.load(1000, 'a_total{x="1"} 0+1x20\nb_total{x="1"} 0+2x20');

  it('lets label functions and groupings see a name that will go', () => {
    expect(instant(source, 'label_replace(rate({x="1"}[10s]), "of", "$1", "__name__", "(.)_.*")', 20)).toEqual({
      '{of="a", x="1"}': 1,
      '{of="b", x="1"}': 2,
    });
    expect(instant(source, 'label_join(rate(a_total[10s]), "__name__", "_", "__name__", "x")', 20)).toEqual({
      'a_total_1{x="1"}': 1,
    });
    expect(instant(source, 'sum by (x) (rate({x="1"}[10s]))', 20)).toEqual({ '{x="1"}': 3 });
    expect(instant(source, 'sum by (__name__) (a_total)', 20)).toEqual({ a_total: 20 });
  });

  it('refuses series that become the same without it', () => {
    expect(() => instant(source, '-{x="1"}', 20)).toThrow('vector cannot contain metrics with the same labelset');
    expect(() => instant(source, 'sum by (__name__) (rate({x="1"}[10s]))', 20)).toThrow(EvaluationError);
  });
});

import { describe, expect, it } from 'vitest';
import { EvaluationError } from '../errors.js';
import { instant, notes } from '../testing/evaluate-text.js';
import { InMemorySource } from '../testing/in-memory-source.js';
import { functionPlans } from './function-plans.js';
import { signatures } from './signatures.js';

function only(source: InMemorySource, text: string, atSeconds = 0): number | undefined {
  return Object.values(instant(source, text, atSeconds))[0];
}

describe('functionPlans', () => {
  it('has every function that the parser knows, and no other', () => {
    expect([...functionPlans.keys()].sort()).toEqual([...signatures.keys()].sort());
  });
});

describe('rates', () => {
  // One sample each 10 s from 10 s on.
  const source = InMemorySource.load(
    10_000,
    'c_total _ 5 15 25 35 45\nreset_total _ 5 15 2 12 22\ngauge _ 50 40 30 20 10',
  );

  it('extrapolate to the edges of the window', () => {
    // 10 s to 50 s are covered; the window (10, 50] holds 4 samples, and its start is one distance before the first.
    expect(only(source, 'increase(c_total[40s])', 50)).toBe(40);
    expect(only(source, 'rate(c_total[40s])', 50)).toBe(1);
    expect(only(source, 'delta(gauge[40s])', 50)).toBe(-40);
  });

  it('extrapolate by half a distance when the series begins or ends within', () => {
    expect(only(source, 'delta(gauge[2m])', 70)).toBeCloseTo(-40 * (50 / 40), 12);
  });

  it('never extrapolate a counter below zero', () => {
    // From 2 at 10 s the line meets zero 2 s before, where half a distance would be 5 s.
    const young = InMemorySource.load(10_000, 'c_total _ 2 12 22 32 42\ngauge _ 2 12 22 32 42');
    expect(only(young, 'increase(c_total[60s])', 50)).toBeCloseTo(42, 12);
    expect(only(young, 'delta(gauge[60s])', 50)).toBeCloseTo(45, 12);
  });

  it('count what was there before a reset', () => {
    expect(only(source, 'increase(reset_total[40s])', 50)).toBeCloseTo((22 - 15 + 15) * (40 / 30), 12);
    expect(only(source, 'resets(reset_total[50s])', 50)).toBe(1);
    expect(only(source, 'irate(reset_total[20s])', 30)).toBeCloseTo(0.2, 12);
  });

  it('look at the last two samples only', () => {
    expect(only(source, 'irate(c_total[50s])', 50)).toBe(1);
    expect(only(source, 'idelta(gauge[50s])', 50)).toBe(-10);
  });

  it('need two samples', () => {
    for (const name of ['rate', 'increase', 'irate', 'delta', 'idelta', 'deriv']) {
      expect(instant(source, `${name}(c_total[10s])`, 50)).toEqual({});
    }
    expect(instant(source, 'predict_linear(c_total[10s], 60)', 50)).toEqual({});
  });

  it('fit a line', () => {
    expect(only(source, 'deriv(gauge[50s])', 50)).toBeCloseTo(-1, 12);
    expect(only(source, 'predict_linear(gauge[50s], 60)', 50)).toBeCloseTo(-50, 12);
    expect(only(source, 'predict_linear(gauge[50s] offset 20s, 60)', 70)).toBeCloseTo(-70, 12);
    expect(only(InMemorySource.load(1000, 'm 3 3 3'), 'deriv(m[5s])', 2)).toBe(0);
    expect(only(InMemorySource.load(1000, 'm Inf Inf'), 'deriv(m[5s])', 2)).toBeNaN();
  });

  it('say so when the name is not one of a counter', () => {
    const text =
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "gauge" (1:6)';
    expect(notes(source, 'rate(gauge[40s])', 50)).toEqual([text]);
    expect(notes(source, 'rate(c_total[40s]) + delta(gauge[40s])', 50)).toEqual([]);
    expect(notes(source, 'rate(gauge[5s])', 50)).toEqual([]);
  });
});

describe('functions over time', () => {
  const source = InMemorySource.load(1000, 'm NaN 1 4 4 2 NaN NaN');

  it.each([
    ['sum_over_time(m[4s])', 4, 11],
    ['avg_over_time(m[4s])', 4, 2.75],
    ['min_over_time(m[10s])', 6, 1],
    ['max_over_time(m[10s])', 6, 4],
    ['max_over_time(m[2s])', 6, NaN],
    ['count_over_time(m[10s])', 6, 7],
    ['present_over_time(m[10s])', 6, 1],
    ['stdvar_over_time(m[4s])', 4, 1.6875],
    ['stddev_over_time(m[3s])', 4, Math.sqrt(8 / 9)],
    ['quantile_over_time(0.5, m[4s])', 4, 3],
    ['quantile_over_time(-1, m[4s])', 4, -Infinity],
    ['changes(m[10s])', 6, 4],
    ['resets(m[10s])', 6, 1],
    ['first_over_time(m[4s])', 4, 1],
    ['last_over_time(m[4s])', 4, 2],
  ])('%s', (text, at, value) => {
    const result = only(source, text, at);
    if (Number.isNaN(value)) expect(result).toBeNaN();
    else expect(result).toBeCloseTo(value, 12);
  });

  it('keep their accuracy where plain sums lose it', () => {
    expect(only(InMemorySource.load(1000, 'm 1 1e100 1 -1e100'), 'sum_over_time(m[9s])', 4)).toBe(2);
    expect(only(InMemorySource.load(1000, 'm 1.7e308 1.7e308 1.7e308'), 'avg_over_time(m[9s])', 4)).toBeCloseTo(
      1.7e308,
      -300,
    );
    expect(only(InMemorySource.load(1000, 'm -Inf 1 1'), 'avg_over_time(m[9s])', 4)).toBe(-Infinity);
    const offset = InMemorySource.load(1000, 'm 10000000000 10000000000.5');
    expect(only(offset, 'stdvar_over_time(m[9s])', 4)).toBe(0.0625);
  });

  it('warn of a quantile that is none', () => {
    expect(notes(source, 'quantile_over_time(NaN, m[4s])', 4)).toEqual([
      'PromQL warning: quantile value should be between 0 and 1, got NaN (1:20)',
    ]);
  });
});

describe('absence', () => {
  const source = InMemorySource.load(1000, 'm{a="x"} 1 stale');

  it('gives 1 with the labels that are certain', () => {
    expect(instant(source, 'absent(m)')).toEqual({});
    expect(instant(source, 'absent(m)', 1)).toEqual({ '{}': 1 });
    expect(instant(source, 'absent(m{a="y", b=~"c", d!="e", f="g"})')).toEqual({ '{a="y", f="g"}': 1 });
    expect(instant(source, 'absent(m{a="y", a="z", b="c"})')).toEqual({ '{b="c"}': 1 });
    expect(instant(source, 'absent(sum(m{a="y"}))')).toEqual({ '{}': 1 });
    expect(instant(source, 'absent((m{a="y"}))')).toEqual({ '{a="y"}': 1 });
    expect(instant(source, 'absent_over_time(m[5s])', 4)).toEqual({});
    expect(instant(source, 'absent_over_time(m{a="y"}[5s])', 4)).toEqual({ '{a="y"}': 1 });
    expect(instant(source, 'absent_over_time(m[5s])', 5)).toEqual({ '{}': 1 });
  });
});

describe('functions of one sample', () => {
  const source = InMemorySource.load(1000, 'm 2.5');

  it.each([
    ['abs(-m)', 2.5],
    ['ceil(m)', 3],
    ['floor(-m)', -3],
    ['round(m)', 3],
    ['round(-m)', -2],
    ['round(m + 0.03, 0.1)', 2.5],
    ['clamp(m, 0, 1)', 1],
    ['clamp_min(m, 3)', 3],
    ['clamp_max(m, NaN)', NaN],
    ['sgn(-m)', -1],
    ['sgn(m * 0)', 0],
    ['sqrt(m * 10)', 5],
    ['exp(m * 0)', 1],
    ['ln(m * 0)', -Infinity],
    ['log2(m + 5.5)', 3],
    ['log10(m * 400)', 3],
    ['deg(m * 0 + pi())', 180],
    ['rad(m * 0 + 180)', Math.PI],
    ['acosh(m * 0)', NaN],
    ['scalar(m) + vector(1)', 3.5],
  ])('%s', (text, value) => {
    expect(only(source, text)).toEqual(value);
  });

  it('clamp gives nothing between bounds that cross', () => {
    expect(instant(source, 'clamp(m, 1, 0)')).toEqual({});
  });

  it('scalar is NaN unless there is exactly one sample', () => {
    expect(instant(source, 'scalar(missing)')).toEqual({ scalar: NaN });
    expect(instant(InMemorySource.load(1000, 'm{a="1"} 1\nm{a="2"} 2'), 'scalar(m)')).toEqual({ scalar: NaN });
  });
});

describe('time', () => {
  const source = InMemorySource.load(10_000, 'm 0 1 2');

  it('is that of the evaluation, or of the sample where a selector is asked', () => {
    expect(instant(source, 'time()', 12.5)).toEqual({ scalar: 12.5 });
    expect(instant(source, 'timestamp(m)', 19)).toEqual({ '{}': 10 });
    expect(instant(source, 'timestamp((m offset 10s))', 25)).toEqual({ '{}': 10 });
    expect(instant(source, 'timestamp(abs(m))', 19)).toEqual({ '{}': 19 });
    expect(instant(source, 'timestamp(timestamp(m))', 19)).toEqual({ '{}': 19 });
  });

  it.each([
    ['year', 2024],
    ['month', 2],
    ['day_of_month', 29],
    ['day_of_week', 4],
    ['day_of_year', 60],
    ['days_in_month', 29],
    ['hour', 23],
    ['minute', 59],
  ])('%s() reads the calendar in UTC', (name, value) => {
    const leapDay = Date.UTC(2024, 1, 29, 23, 59, 59) / 1000;
    expect(instant(source, `${name}()`, leapDay)).toEqual({ '{}': value });
    expect(instant(source, `${name}(vector(${leapDay}))`)).toEqual({ '{}': value });
  });
});

describe('labels', () => {
  const source = InMemorySource.load(1000, 'm{src="host-1:80", dst="old"} 1\nm{src="other"} 2');

  it('label_replace writes what the whole value gives, and leaves other series as they are', () => {
    expect(instant(source, 'label_replace(m, "dst", "$2/${1}/$$x$3", "src", "(.*)-(?P<n>\\\\d+):.*")')).toEqual({
      'm{dst="1/host/$x", src="host-1:80"}': 1,
      'm{src="other"}': 2,
    });
    expect(instant(source, 'label_replace(m, "n", "$n-${n}", "src", ".*-(?P<n>[0-9]+):80")')).toMatchObject({
      'm{dst="old", n="1-1", src="host-1:80"}': 1,
    });
    expect(instant(source, 'label_replace(m{src="other"}, "new", "x", "missing", "")')).toEqual({
      'm{new="x", src="other"}': 2,
    });
    expect(instant(source, 'label_replace(m{dst="old"}, "dst", "", "src", ".*")')).toEqual({ 'm{src="host-1:80"}': 1 });
  });

  it('label_join puts values together', () => {
    expect(instant(source, 'label_join(m{dst="old"}, "both", "+", "src", "none", "dst")')).toEqual({
      'm{both="host-1:80++old", dst="old", src="host-1:80"}': 1,
    });
    expect(instant(source, 'label_join(m{dst="old"}, "src", ",")')).toEqual({ 'm{dst="old"}': 1 });
  });

  it.each([
    ['label_replace(m, "src", "same", "", "")', 'vector cannot contain metrics with the same labelset'],
    ['label_replace(m, "x", "", "src", "(")', 'invalid regular expression in label_replace(): ('],
    ['label_replace(m, "", "x", "src", ".*")', 'invalid destination label name in label_replace(): '],
    [String.raw`label_replace(m, "\xff", "x", "src", ".*")`, 'invalid destination label name in label_replace(): '],
    ['label_join(m, "x", "", "")', 'invalid source label name in label_join(): '],
  ])('refuses %s', (text, message) => {
    const same = InMemorySource.load(1000, 'm{src="1"} 1\nm{src="2"} 2');
    expect(() => instant(same, text)).toThrow(EvaluationError);
    expect(() => instant(same, text)).toThrow(message);
  });
});

describe('sorting', () => {
  const source = InMemorySource.load(1000, 'm{i="1"} 2\nm{i="2"} NaN\nm{i="3"} -Inf\nm{i="4"} 7');

  it('puts NaN last in both directions', () => {
    expect(Object.values(instant(source, 'sort(m)'))).toEqual([-Infinity, 2, 7, NaN]);
    expect(Object.values(instant(source, 'sort_desc(m)'))).toEqual([7, 2, -Infinity, NaN]);
  });
});

describe('classic histograms', () => {
  const source = InMemorySource.load(
    1000,
    `h_bucket{a="x", le="1"} 10
     h_bucket{a="x", le="2"} 30
     h_bucket{a="x", le="4"} 30
     h_bucket{a="x", le="+Inf"} 40
     h_bucket{a="y", le="-1"} 5
     h_bucket{a="y", le="+Inf"} 5
     twice_bucket{le="1"} 10
     twice_bucket{le="1.0"} 10
     twice_bucket{le="+Inf"} 40
     open_bucket{le="1"} 5
     dented_bucket{le="1"} 10
     dented_bucket{le="2"} 8
     dented_bucket{le="+Inf"} 10
     bad_bucket{le="one"} 1
     bad_bucket{le="+Inf"} 2`,
  );

  it.each([
    ['histogram_quantile(0.125, h_bucket{a="x"})', 0.5],
    ['histogram_quantile(0.5, h_bucket{a="x"})', 1.5],
    ['histogram_quantile(0.9, h_bucket{a="x"})', 4],
    ['histogram_quantile(0.5, h_bucket{a="y"})', -1],
    ['histogram_quantile(-1, h_bucket{a="x"})', -Infinity],
    ['histogram_quantile(2, h_bucket{a="x"})', Infinity],
    ['histogram_quantile(NaN, h_bucket{a="x"})', NaN],
    ['histogram_quantile(0.25, twice_bucket)', 0.5],
    ['histogram_quantile(0.5, open_bucket)', NaN],
    ['histogram_quantile(0.5, h_bucket{a="x"} * 0)', NaN],
    ['histogram_quantile(0.25, h_bucket{a="x"} + 0)', 1],
    ['histogram_fraction(0, 1, h_bucket{a="x"})', 0.25],
    ['histogram_fraction(0.5, 1.5, h_bucket{a="x"})', 0.375],
    ['histogram_fraction(-Inf, Inf, h_bucket{a="x"})', 1],
    ['histogram_fraction(4, Inf, h_bucket{a="x"})', 0.25],
    ['histogram_fraction(2, 1, h_bucket{a="x"})', 0],
    ['histogram_fraction(NaN, 1, h_bucket{a="x"})', NaN],
    ['histogram_fraction(0, 1, open_bucket)', NaN],
  ])('%s', (text, value) => {
    expect(only(source, text)).toEqual(value);
  });

  it('gives one result for each histogram', () => {
    expect(instant(source, 'histogram_quantile(1, h_bucket)')).toEqual({ '{a="x"}': 4, '{a="y"}': -1 });
  });

  it('says when counts fall and when a bound is none', () => {
    expect(notes(source, 'histogram_quantile(0.5, dented_bucket)')).toEqual([
      expect.stringMatching(
        /^PromQL info: input to histogram_quantile needed .* for metric name "dented_bucket", .* \(1:25\)$/,
      ),
    ]);
    expect(notes(source, 'histogram_quantile(0.5, bad_bucket)')).toEqual([
      'PromQL warning: bucket label "le" is missing or has a malformed value of "one" for metric name "bad_bucket" (1:25)',
    ]);
  });
});

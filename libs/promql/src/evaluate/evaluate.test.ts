import fc from 'fast-check';
import { Labels } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { EvaluationError, QueryLimitError } from '../errors.js';
import type { QueryLimits, QueryResult } from '../query-result.js';
import { parse } from '../syntax/parse.js';
import { arbitraryExpression } from '../testing/arbitrary-expression.js';
import { instant, range } from '../testing/evaluate-text.js';
import { InMemorySource } from '../testing/in-memory-source.js';
import { evaluateInstant, evaluateRange } from './evaluate.js';

describe('evaluateInstant', () => {
  const source = InMemorySource.load(1000, 'm{a="x"} 1 2 3\nm{a="y"} 4 5 6');

  it('gives a scalar, string, vector or matrix, as the expression is', () => {
    expect(evaluateInstant(parse('1 + 1'), source, 5)).toEqual({
      kind: 'scalar',
      timeMs: 5,
      value: 2,
      warnings: [],
      infos: [],
    });
    expect(evaluateInstant(parse('("x")'), source, 5)).toMatchObject({ kind: 'string', value: 'x' });
    expect(evaluateInstant(parse('m{a="x"}'), source, 1000)).toMatchObject({
      kind: 'vector',
      timeMs: 1000,
      series: [{ labels: Labels.of({ __name__: 'm', a: 'x' }), value: 2 }],
    });
    expect(evaluateInstant(parse('m{a="x"}[2s]'), source, 2000)).toMatchObject({
      kind: 'matrix',
      series: [{ times: new Float64Array([1000, 2000]), values: new Float64Array([2, 3]) }],
    });
  });

  it.each<[string, QueryLimits, string]>([
    ['m', { maxSeries: 1 }, 'maxSeries'],
    ['sum(m)', { maxSamples: 1 }, 'maxSamples'],
    ['rate(m[5s])', { maxSamples: 5 }, 'maxSamples'],
    ['max_over_time(vector(1)[1000y:1ms])', { maxSamples: 1000 }, 'maxSamples'],
    ['max_over_time(vector(1)[1000y:1ms])', { deadline: () => true }, 'deadline'],
    ['absent_over_time((vector(1) > 2)[1000y:1ms])', { deadline: () => true }, 'deadline'],
    ['m', { maxPoints: 1 }, 'maxPoints'],
    ['m[5s]', { maxPoints: 5 }, 'maxPoints'],
    ['m', { deadline: () => true }, 'deadline'],
  ])('stops %s at %o', (text, limits, limit) => {
    const years = text.replace('1000y', '200y');
    expect(() => evaluateInstant(parse(years), source, 2000, { limits })).toThrow(expect.objectContaining({ limit }));
    expect(() => evaluateInstant(parse(years), source, 2000, { limits })).toThrow(QueryLimitError);
  });

  it('tells which part failed', () => {
    expect(() => evaluateInstant(parse('1 + topk(NaN, m)'), source, 0)).toThrow(
      expect.objectContaining({ range: { start: 4, end: 16, line: 1, column: 5 } }),
    );
  });

  it('answers the same with and without what it remembers of former evaluations', () => {
    const loaded = variedSource();
    const limits = { maxSamples: 20_000 };
    fc.assert(
      fc.property(arbitraryExpression, (text) => {
        const kept = parse(text);
        for (const at of [20_000, 60_000, 100_000]) {
          const fresh = outcome(() => evaluateInstant(parse(text), loaded, at, { limits }));
          expect(outcome(() => evaluateInstant(kept, loaded, at, { limits }))).toEqual(fresh);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** Each point as text, sorted. */
function pointsOf(result: QueryResult | string): string[] {
  if (typeof result === 'string') return [result];
  if (result.kind === 'scalar') return [`{} ${result.timeMs} ${result.value}`];
  if (result.kind === 'vector') {
    return result.series.map(({ labels, value }) => `${labels.toString()} ${result.timeMs} ${value}`).sort();
  }
  if (result.kind === 'string') return [result.value];
  return result.series
    .flatMap(({ labels, times, values }) => Array.from(times, (at, i) => `${labels.toString()} ${at} ${values[i]}`))
    .sort();
}

/** Answers or the message of the refusal. */
function outcome<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof EvaluationError || error instanceof QueryLimitError)) throw error;
    return error.message;
  }
}

function variedSource(): InMemorySource {
  return InMemorySource.load(
    15_000,
    `up{job="a", exchange="e"} 1 2 3 4 5 6 7 8
     up{job="b"} 2 _ 4 stale 6 7 8 9
     m{job="a", exchange="f"} 0+3x20
     {"a metric", "a label"="v"} 5x20
     http_requests_total{job="a", le="1"} 0+10x20
     http_requests_total{job="a", le="+Inf"} 0+20x20`,
  );
}

describe('evaluateRange', () => {
  const source = InMemorySource.load(10_000, 'm{a="y"} 0+1x5\nm{a="x"} 5 _ stale 8');

  it('evaluates at each step and sorts by labels', () => {
    expect(Object.entries(range(source, 'm', 0, 30, 10))).toEqual([
      ['m{a="x"}', '0:5 10:5 30:8'],
      ['m{a="y"}', '0:0 10:1 20:2 30:3'],
    ]);
    expect(range(source, 'time()', 0, 25, 10)).toEqual({ '{}': '0:0 10:10 20:20' });
    expect(range(source, 'm', 30, 20, 10)).toEqual({});
  });

  it('gives at each step what an instant query gives', () => {
    const text = 'sum by (a) (rate(m[20s])) or -m offset 5s';
    const points = range(source, text, 10, 60, 7);
    for (let at = 10; at <= 60; at += 7) {
      for (const [labels, value] of Object.entries(instant(source, text, at))) {
        expect(points[labels]?.split(' ')).toContain(`${at}:${value}`);
      }
    }
  });

  it('gives that for every expression, whatever it keeps from step to step', () => {
    const loaded = variedSource();
    const times = [20_000, 35_000, 50_000, 65_000, 80_000];
    fc.assert(
      fc.property(arbitraryExpression, (text) => {
        const expression = parse(text);
        // start() and end() mean other times in a range query.
        fc.pre((expression.type === 'vector' || expression.type === 'scalar') && !/start\(\)|end\(\)/.test(text));
        const limits = { maxSamples: 20_000 };
        const whole = outcome(() =>
          evaluateRange(expression, loaded, 20_000, 80_000, 15_000, { limits: { maxSamples: 200_000 } }),
        );
        const single = times.map((at) => outcome(() => evaluateInstant(parse(text), loaded, at, { limits })));
        fc.pre(single.every((one) => typeof one !== 'string'));
        expect(pointsOf(whole)).toEqual(single.flatMap(pointsOf).sort());
      }),
      { numRuns: 300 },
    );
  });

  it('joins series that become one without their names, as long as they do not overlap', () => {
    const parted = InMemorySource.load(600_000, 'a 1 _\nb _ 4');
    expect(range(parted, '-{__name__=~"a|b"}', 0, 600, 600)).toEqual({ '{}': '0:-1 600:-4' });
    const both = InMemorySource.load(600_000, 'a 1\nb 1');
    expect(() => range(both, '-{__name__=~"a|b"}', 0, 600, 600)).toThrow('the same labelset');
  });

  it('warns that sorting is of no use', () => {
    const { kind, warnings } = evaluateRange(parse('sum(sort(missing))'), source, 0, 1000, 1000);
    expect({ kind, warnings }).toMatchObject({
      kind: 'matrix',
      warnings: [{ message: expect.stringContaining('sort is ineffective') as string, range: { column: 5 } }],
    });
  });

  it('refuses ranges, strings and steps that lead nowhere', () => {
    expect(() => evaluateRange(parse('m[5m]'), source, 0, 1, 1)).toThrow('invalid expression type "range vector"');
    expect(() => evaluateRange(parse('"x"'), source, 0, 1, 1)).toThrow(EvaluationError);
    expect(() => evaluateRange(parse('m'), source, 0, 1, 0)).toThrow('step');
  });

  it('stops at its limits', () => {
    const limits = { maxPoints: 10 };
    expect(() => evaluateRange(parse('m'), source, 0, 60_000, 1000, { limits })).toThrow(
      expect.objectContaining({ limit: 'maxPoints' }),
    );
    const until = { deadline: () => true };
    expect(() => evaluateRange(parse('missing'), source, 0, 1e15, 1, { limits: until })).toThrow(QueryLimitError);
  });
});

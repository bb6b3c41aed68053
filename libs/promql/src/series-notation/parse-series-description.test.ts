import { Labels } from '@tapewatch/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PromqlError } from '../errors.js';
import { quoteString } from '../syntax/string-literal.js';
import { parseMetric } from './parse-metric.js';
import { parseSeriesDescription, parseSeriesValues } from './parse-series-description.js';
import type { SequenceValue } from './series-values.js';

function failure(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof PromqlError) return error.message;
    throw error;
  }
  throw new Error('no error');
}

describe('parseSeriesDescription', () => {
  it.each<[string, readonly SequenceValue[]]>([
    ['', []],
    ['1', [1]],
    ['1 2.5 -3 +4 1e3 .5 5.', [1, 2.5, -3, 4, 1000, 0.5, 5]],
    ['0+10x3', [0, 10, 20, 30]],
    ['-2+4x3', [-2, 2, 6, 10]],
    ['1-2x4', [1, -1, -3, -5, -7]],
    ['7x2', [7, 7, 7]],
    ['0x10', Array.from({ length: 11 }, () => 0)],
    ['1_000', [1000]],
    ['_', [undefined]],
    ['_x3 1', [undefined, undefined, undefined, 1]],
    ['_x0 1', [1]],
    ['1 stale stalex1', [1, 'stale', 'stale', 'stale']],
    ['NaN Inf -Inf +inf', [NaN, Infinity, -Infinity, Infinity]],
    ['NaNx1 Infx1', [NaN, NaN, Infinity, Infinity]],
    ['  1\n 2\t3  ', [1, 2, 3]],
  ])('reads the values %j', (text, values) => {
    expect(parseSeriesValues(text)).toEqual(values);
    expect(parseSeriesDescription(`up ${text}`).values).toEqual(values);
  });

  it('tells where the series ends and its values begin', () => {
    const read = (text: string): string => {
      const { labels, values } = parseSeriesDescription(text);
      return `${labels.toString()} ${values.join(',')}`;
    };
    expect(read('up 1')).toBe('up 1');
    expect(read('{} 1 2')).toBe('{} 1,2');
    expect(read('up{} 1')).toBe('up 1');
    expect(read('up {a="1"} 1')).toBe('up{a="1"} 1');
    expect(read('{"a.b", c="}"} 1')).toBe('{"a.b", c="}"} 1');
    expect(read('up{a="\\"}", b=\'}\',} 1')).toBe('up{a="\\"}", b="}"} 1');
    expect(read('up{a=""}')).toBe('up ');
  });

  it.each([
    ['up 1+2', '1:4: parse error: "1+2" needs a count, as in 1+2x10'],
    ['up 1 two', '1:6: parse error: unexpected "two" in the values'],
    ['up 1x', '1:4: parse error: unexpected "1x"'],
    ['up 1x2x3', '1:4: parse error: unexpected'],
    ['up 1_', '1:4: parse error: unexpected'],
    ['up 1x99999999', 'a series may have 10000000 values at most'],
    ['up {{schema:0 sum:1}}', '1:4: parse error: values that are native histograms are not supported'],
    ['up{a="1"}1', '1:10: parse error: expected a space before the values'],
    ['up{a="1" 1', 'unexpected'],
    ['up{a="1 1', 'unterminated'],
    ['up{a!="1"} 1', 'expected "=" after the name of a label'],
    ['up{a=1} 1', 'unexpected character inside braces'],
    ['up{a="1", a="2"} 1', '1:11: parse error: the label "a" must not be set twice'],
    ['up{"down"} 1', 'the metric name must not be set twice'],
    ['up{""="1"} 1', 'invalid label name'],
    ['1', 'expected the name of a metric'],
    ['', 'expected the name of a metric'],
  ])('refuses %j', (text, message) => {
    expect(failure(() => parseSeriesDescription(text))).toContain(message);
  });

  it('reads back what it is given, in every notation', () => {
    const labelsOf = fc.dictionary(
      fc.constantFrom('__name__', 'a', 'job', 'a label', 'ünï'),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      { maxKeys: 4 },
    );
    const number = fc.double({ noNaN: true });
    const item = fc.oneof<fc.Arbitrary<[string, readonly SequenceValue[]]>[]>(
      number.map((value) => [text(value), [value]]),
      fc.constant(['_', [undefined]]),
      fc.constant(['stale', ['stale']]),
      fc.constant(['NaN', [NaN]]),
      fc.nat(5).map((n) => [`_x${n}`, Array.from({ length: n }, () => undefined)]),
      fc.tuple(number, fc.nat(5)).map(([a, n]) => [`${text(a)}x${n}`, Array.from({ length: n + 1 }, () => a)]),
      fc
        .tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -99, max: 99 }), fc.nat(5))
        .map(([a, b, n]) => [`${a}${b < 0 ? '' : '+'}${b}x${n}`, Array.from({ length: n + 1 }, (_, i) => a + i * b)]),
    );
    const gap = fc.constantFrom(' ', '  ', '\n', '\t');
    fc.assert(
      fc.property(labelsOf, fc.array(item, { maxLength: 6 }), gap, (labels, items, space) => {
        const inner = Object.entries(labels).map(([name, value]) => `${quoteString(name)}=${quoteString(value)}`);
        const description = [`{${inner.join(',')}}`, ...items.map(([written]) => written)].join(space);
        const read = parseSeriesDescription(description);
        expect(read.labels.key).toBe(Labels.of(labels).key);
        expect(read.values).toEqual(items.flatMap(([, values]) => values));
      }),
    );
  });

  it('throws PromqlError and nothing else', () => {
    const piece = fc.constantFrom(
      'up',
      '{',
      '}',
      'a',
      '=',
      '"x"',
      ',',
      ' ',
      '1',
      'x',
      '+',
      '-',
      '_',
      'stale',
      'NaN',
      '"',
      '.',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        try {
          parseSeriesDescription(pieces.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(PromqlError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseMetric', () => {
  it('reads what results show', () => {
    for (const written of ['up', 'up{a="1", b="x y"}', '{a="1"}', '{}', '{"a name", "b c"="1"}', 'a:b:c{le="+Inf"}'])
      expect(parseMetric(written).toString()).toBe(written);
  });

  it('refuses what follows a series', () => {
    expect(failure(() => parseMetric('up{a="1"} offset 5m'))).toContain('expected the end of the series');
  });
});

function text(value: number): string {
  return value === Infinity ? 'Inf' : Object.is(value, -0) ? '-0' : String(value).replace('Infinity', 'Inf');
}

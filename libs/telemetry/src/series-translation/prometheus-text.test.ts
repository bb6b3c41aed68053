import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Labels } from '@tapewatch/model';
import type { MetricDescription, Series } from '@tapewatch/model';
import { prometheusText } from './prometheus-text.js';

function metric(name: string, type: MetricDescription['type'], description = ''): MetricDescription {
  return { otelName: name, name, type, unit: '', description };
}

function series(of: MetricDescription, labels: Record<string, string>, suffix = ''): Series {
  return { metric: of, labels: Labels.of({ ...labels, __name__: of.name + suffix }) };
}

describe('prometheusText', () => {
  it('writes one block per metric, however the series are mixed', () => {
    const a = metric('a_total', 'counter', 'First.\nSecond \\ line.');
    const b = metric('b', 'gauge');
    const text = prometheusText({
      at: 1000,
      series: [series(a, { x: '1' }), series(b, {}), series(a, { x: '2' })],
      values: [1, NaN, 2.5],
    });
    expect(text).toBe(
      [
        '# HELP a_total First.\\nSecond \\\\ line.',
        '# TYPE a_total counter',
        'a_total{x="1"} 1',
        'a_total{x="2"} 2.5',
        '# TYPE b gauge',
        'b NaN',
        '',
      ].join('\n'),
    );
  });

  it('keeps buckets, sum and count of a histogram in one block', () => {
    const h = metric('h_seconds', 'histogram', 'Waits.');
    const text = prometheusText({
      at: 1000,
      series: [
        series(h, { le: '0.5' }, '_bucket'),
        series(h, { le: '+Inf' }, '_bucket'),
        series(h, {}, '_sum'),
        series(h, {}, '_count'),
      ],
      values: [1, 2, Infinity, 2],
    });
    expect(text).toBe(
      [
        '# HELP h_seconds Waits.',
        '# TYPE h_seconds histogram',
        'h_seconds_bucket{le="0.5"} 1',
        'h_seconds_bucket{le="+Inf"} 2',
        'h_seconds_sum +Inf',
        'h_seconds_count 2',
        '',
      ].join('\n'),
    );
  });

  it('escapes label values so that each stays on its line and reads back', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: fc.constantFrom('"', '\\', '\n', 'a', ' ', '}', 'é') }), (value) => {
        const of = metric('m', 'gauge');
        const lines = prometheusText({ at: 0, series: [series(of, { v: value })], values: [1] }).split('\n');
        expect(lines).toHaveLength(3);
        const written = /^m\{v="(.*)"\} 1$/.exec(lines[1] as string)?.[1] as string;
        const read = written.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
        expect(read).toBe(value);
      }),
    );
  });

  it('is empty for an empty tick', () => {
    expect(prometheusText({ at: 0, series: [], values: [] })).toBe('');
  });
});

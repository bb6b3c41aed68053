import { Labels } from '@tapewatch/model';
import { minuteMs } from '../minutes/minute-grid.js';
import type { MinuteSeries, ReportMetrics } from '../minutes/minute-series.js';

interface SampledSeries {
  readonly labels: Labels;
  /** What the series has at a second; undefined: no sample. */
  readonly at: (ms: number) => number | undefined;
}

/** A history made of functions of time, sampled every second, summarized by minutes as the real one is. */
export class SampledMetrics implements ReportMetrics {
  readonly #series: SampledSeries[] = [];
  ratio = 1;
  readonly asked: string[] = [];

  add(name: string, labels: Readonly<Record<string, string>>, at: SampledSeries['at']): this {
    this.#series.push({ labels: Labels.of({ __name__: name, ...labels }), at });
    return this;
  }

  minutes(selector: string, fromMs: number, toMs: number): Promise<readonly MinuteSeries[]> {
    this.asked.push(selector);
    const wanted = matcherOf(selector);
    const found = this.#series.filter(({ labels }) => wanted(labels));
    return Promise.resolve(
      found.map((one) => summarize(one, fromMs, toMs)).filter(({ startMs }) => startMs.length > 0),
    );
  }

  completeness(): Promise<number> {
    return Promise.resolve(this.ratio);
  }
}

function summarize({ labels, at }: SampledSeries, fromMs: number, toMs: number): MinuteSeries {
  const rows: number[][] = [];
  for (let start = Math.ceil(fromMs / minuteMs) * minuteMs; start < toMs; start += minuteMs) {
    const values: number[] = [];
    for (let ms = start; ms < start + minuteMs; ms += 1_000) {
      const value = at(ms);
      if (value !== undefined) values.push(value);
    }
    if (values.length === 0) continue;
    const sum = values.reduce((total, value) => total + value, 0);
    rows.push([start, Math.min(...values), Math.max(...values), sum, values.length, values.at(-1) as number]);
  }
  const column = (i: number): Float64Array => Float64Array.from(rows, (row) => row[i] as number);
  return {
    labels,
    startMs: column(0),
    min: column(1),
    max: column(2),
    sum: column(3),
    count: column(4),
    last: column(5),
  };
}

/** As much of a selector as reports use. */
function matcherOf(selector: string): (labels: Labels) => boolean {
  const [, name = '', inner = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(selector) ?? [];
  const matchers = [...inner.matchAll(/(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"/g)].map(([, label, operator, value]) => ({
    label: label as string,
    operator,
    value: JSON.parse(`"${value ?? ''}"`) as string,
  }));
  return (labels) =>
    labels.get('__name__') === name &&
    matchers.every(({ label, operator, value }) => {
      const has = labels.get(label);
      const pattern = (): boolean => new RegExp(`^(?:${value})$`).test(has);
      if (operator === '=') return has === value;
      if (operator === '!=') return has !== value;
      return operator === '=~' ? pattern() : !pattern();
    });
}

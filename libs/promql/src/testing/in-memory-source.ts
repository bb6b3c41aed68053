import { isStale, Labels, writeStale } from '@tapewatch/model';
import type { Matcher } from '@tapewatch/model';
import type { Sample, SampleBuffer, SeriesReader, SeriesSource } from '../series-source.js';
import { selectorsOf } from '../syntax/traversal.js';
import { parse } from '../syntax/parse.js';

/** A SeriesSource over plain arrays, for tests: slow and obvious. Counts what it is asked. */
export class InMemorySource implements SeriesSource {
  readonly #series = new Map<string, InMemorySeries>();
  selections = 0;

  /**
   * Adds series in the notation of promqltest, one a line, their samples `stepMs` apart from time 0 on:
   * `metric{a="b"} 0+10x3 _ stale 7`.
   */
  static load(stepMs: number, text: string): InMemorySource {
    return new InMemorySource().load(stepMs, text);
  }

  load(stepMs: number, text: string): this {
    for (const line of text.split('\n')) {
      const parts = /^\s*(.*?(?:\}|^[^\s{]+))\s+([^}]*)$/.exec(line);
      if (parts === null) continue;
      const [, series = '', values = ''] = parts;
      this.add(readLabels(series), stepMs, readValues(values));
    }
    return this;
  }

  add(labels: Labels, stepMs: number, values: readonly (number | 'stale' | undefined)[]): void {
    const series = this.#series.get(labels.key) ?? new InMemorySeries(labels);
    this.#series.set(labels.key, series);
    values.forEach((value, i) => {
      if (value !== undefined) series.push(i * stepMs, value);
    });
  }

  select(matchers: readonly Matcher[], fromMs: number, toMs: number): SeriesReader[] {
    this.selections++;
    return [...this.#series.values()].filter(
      ({ labels, times }) =>
        matchers.every((matcher) => matcher.matches(labels.get(matcher.name))) &&
        times.some((time) => time > fromMs && time <= toMs),
    );
  }
}

class InMemorySeries implements SeriesReader {
  readonly labels: Labels;
  times: number[] = [];
  #values = new Float64Array(1);

  constructor(labels: Labels) {
    this.labels = labels;
  }

  push(timeMs: number, value: number | 'stale'): void {
    if (this.times.length === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    if (value === 'stale') writeStale(this.#values, this.times.length);
    else this.#values[this.times.length] = value;
    this.times.push(timeMs);
  }

  latest(atMs: number, lookbackMs: number, into: Sample): boolean {
    const i = this.times.findLastIndex((time) => time <= atMs);
    const time = this.times[i];
    if (time === undefined || time <= atMs - lookbackMs || isStale(this.#values, i)) return false;
    into.timeMs = time;
    into.value = this.#values[i] as number;
    return true;
  }

  window(fromMs: number, toMs: number, into: SampleBuffer): void {
    this.times.forEach((time, i) => {
      if (time > fromMs && time <= toMs && !isStale(this.#values, i)) into.push(time, this.#values[i] as number);
    });
  }
}

function readLabels(text: string): Labels {
  const [selector] = text === '{}' ? [] : selectorsOf(parse(text));
  return Labels.fromEntries((selector?.matchers ?? []).map(({ name, value }) => [name, value] as const));
}

function readValues(text: string): (number | 'stale' | undefined)[] {
  return text.trim().split(/\s+/).flatMap(expandValue);
}

function expandValue(text: string): (number | 'stale' | undefined)[] {
  const gap = /^_(?:x(\d+))?$/.exec(text);
  if (gap !== null) return Array.from({ length: Number(gap[1] ?? 1) }, () => undefined);
  const staleRun = /^stale(?:x(\d+))?$/.exec(text);
  if (staleRun !== null) return Array.from({ length: Number(staleRun[1] ?? 0) + 1 }, () => 'stale' as const);
  const run = /^(.*?[^+\-eE])(?:([+-])(.+))?x(\d+)$/.exec(text);
  if (run === null) return [readNumber(text)];
  const [, first = '', sign = '+', change = '0', count = '0'] = run;
  const step = readNumber(change) * (sign === '-' ? -1 : 1);
  let value = readNumber(first);
  return Array.from({ length: Number(count) + 1 }, (_, i) => {
    if (i > 0) value += step;
    return value;
  });
}

function readNumber(text: string): number {
  const special = /^([+-]?)inf$/i.exec(text);
  if (special !== null) return special[1] === '-' ? -Infinity : Infinity;
  return /^nan$/i.test(text) ? NaN : Number(text);
}

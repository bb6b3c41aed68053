import { parseMetric, parseSeriesDescription, parseSeriesValues } from '@tapewatch/promql';
import type { Labels } from '@tapewatch/model';
import type { Line } from './read-script.js';
import type { LoadedSeries, LoadedValue, Refused } from './script.js';
import { ScriptError } from './script.js';

const nativeHistogram: Refused = { refused: 'native histograms' };
const startTimestamp: Refused = { refused: 'start timestamps' };

/** A series with its values; native histograms among them are refused values. */
export function readSeries({ number, text }: Line): LoadedSeries {
  try {
    const histogramsAt = startOfHistograms(text);
    const { labels, values } = parseSeriesDescription(text.slice(0, histogramsAt));
    return { labels, values: [...values, ...readValues(number, text.slice(histogramsAt))] };
  } catch (error) {
    throw new ScriptError(number, (error as Error).message);
  }
}

const quotedOrBraces = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\{\{/g;

function startOfHistograms(text: string): number {
  for (const { 0: found, index } of text.matchAll(quotedOrBraces)) if (found === '{{') return index;
  return text.length;
}

const histogramItem = /\{\{[^}]*\}\}(?:[+-]\{\{[^}]*\}\})?(?:x(\d+))?/y;
const numbers = /(?:(?!\{\{).)+/y;

/** Histograms and numbers mixed, beginning with a histogram. */
function readValues(line: number, text: string): LoadedValue[] {
  const values: LoadedValue[] = [];
  for (let at = 0; at < text.length;) {
    histogramItem.lastIndex = numbers.lastIndex = at;
    const histogram = histogramItem.exec(text);
    const between = histogram === null ? numbers.exec(text) : null;
    if (histogram !== null) {
      for (let i = 0; i <= Number(histogram[1] ?? 0); i++) values.push(nativeHistogram);
      at = histogramItem.lastIndex;
    } else if (between !== null) {
      values.push(...parseSeriesValues(between[0]));
      at = numbers.lastIndex;
    } else throw new ScriptError(line, 'a native histogram is not closed, expected "}}"');
  }
  return values;
}

const duration = String.raw`[+-]?(?:\d+[a-wyz]+|0)`;
const startItem = new RegExp(`^(?:(_)|(${duration})([+-]${duration})?)(?:x(\\d+))?$`);

/** Lines that say when the samples of the next line started, which is refused. */
export class StartTimestamps {
  #pending: { readonly line: number; readonly labels: Labels; readonly given: readonly boolean[] } | undefined;

  /** False when the line is not such a line. */
  read({ number, text }: Line): boolean {
    const parts = /^(\S+)@st\s+(.*)$/.exec(text);
    if (parts === null) return false;
    this.finish();
    const [, metric = '', items = ''] = parts;
    try {
      const given = items
        .trim()
        .split(/\s+/)
        .flatMap((item) => readStart(number, item));
      this.#pending = { line: number, labels: parseMetric(metric), given };
    } catch (error) {
      throw new ScriptError(number, (error as Error).message);
    }
    return true;
  }

  applyTo({ number }: Line, series: LoadedSeries): LoadedSeries {
    const pending = this.#pending;
    if (pending === undefined) return series;
    this.#pending = undefined;
    if (!pending.labels.equals(series.labels)) throw new ScriptError(number, 'the @st line above is of another series');
    if (pending.given.length !== series.values.length) {
      throw new ScriptError(number, 'the @st line above has not as many values as its series');
    }
    const values = series.values.map((value, i) =>
      value !== undefined && pending.given[i] === true ? startTimestamp : value,
    );
    return { ...series, values };
  }

  finish(): void {
    if (this.#pending !== undefined) throw new ScriptError(this.#pending.line, 'no series follows the @st line');
  }
}

function readStart(line: number, item: string): boolean[] {
  const parts = startItem.exec(item);
  if (parts === null) throw new ScriptError(line, `cannot read the start timestamp ${JSON.stringify(item)}`);
  const [, gap, , , count] = parts;
  const length = gap === undefined ? Number(count ?? 0) + 1 : Number(count ?? 1);
  return Array.from({ length }, () => gap === undefined);
}

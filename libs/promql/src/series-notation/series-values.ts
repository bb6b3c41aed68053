import { PromqlError } from '../errors.js';
import { parseNumber } from '../syntax/number-literal.js';
import type { SourceText } from '../syntax/source-range.js';

/** `undefined`: no sample at this step. `stale`: the marker that ends a series. */
export type SequenceValue = number | 'stale' | undefined;

/** A mistyped count must not take all memory. */
const mostValues = 10_000_000;

const space = /\s+/y;
const item = /\S+/y;
/** In this notation `0x10` is no hexadecimal number but ten more zeros. */
const digits = String.raw`(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[iI][nN][fF]|[nN][aA][nN]`;
const shape = new RegExp(`^(?:(_)|(stale)|([+-]?(?:${digits}))([+-](?:${digits}))?)(?:x(\\d+))?$`);

/** From the offset to the end of the text, as Prometheus reads them: `a`, `axN`, `a+bxN`, `a-bxN`, `_`, `_xN`, `stale`. */
export function readSeriesValues(source: SourceText, from: number): readonly SequenceValue[] {
  const { text } = source;
  const values: SequenceValue[] = [];
  let at = skip(space, text, from);
  if (from > 0 && at === from && at < text.length && !/\s/.test(text[from - 1] as string))
    throw new PromqlError('expected a space before the values', source.range(from, from + 1));
  while (at < text.length) {
    const end = skip(item, text, at);
    readItem(source, at, end, values);
    at = skip(space, text, end);
  }
  return values;
}

function readItem(source: SourceText, start: number, end: number, into: SequenceValue[]): void {
  const text = source.text.slice(start, end);
  const fail = (reason: string): never => {
    throw new PromqlError(reason, source.range(start, end));
  };
  if (text.startsWith('{{')) fail('values that are native histograms are not supported');
  const parts = shape.exec(text);
  const first = numberOf(parts?.[3] ?? '0');
  const step = numberOf(parts?.[4] ?? '0');
  if (parts === null || first === undefined || step === undefined)
    return fail(`unexpected ${JSON.stringify(text)} in the values of a series, expected as in 1 2+3x4 5x6 _ _x7 stale`);
  const [, gap, stale, , change, count] = parts;
  if (change !== undefined && count === undefined) fail(`${JSON.stringify(text)} needs a count, as in ${text}x10`);
  // A number times N is the number and N more; a gap times N is N gaps.
  const times = gap === undefined ? Number(count ?? 0) + 1 : Number(count ?? 1);
  if (into.length + times > mostValues) fail(`a series may have ${mostValues} values at most`);
  let value = first;
  for (let i = 0; i < times; i++, value += step)
    into.push(gap === undefined ? (stale === undefined ? value : 'stale') : undefined);
}

function numberOf(text: string): number | undefined {
  const unsigned = /^[+-]/.test(text) ? text.slice(1) : text;
  const value = /^inf$/i.test(unsigned) ? Infinity : /^nan$/i.test(unsigned) ? NaN : parseNumber(unsigned);
  return value !== undefined && text.startsWith('-') ? -value : value;
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

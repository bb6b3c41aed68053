import type { Labels } from '@tapewatch/model';
import { PromqlError } from '../errors.js';
import { SourceText } from '../syntax/source-range.js';
import { readStringLiteral, StringLiteralError } from '../syntax/string-literal.js';
import { parseMetric } from './parse-metric.js';
import type { SequenceValue } from './series-values.js';
import { readSeriesValues } from './series-values.js';

export interface SeriesDescription {
  readonly labels: Labels;
  /** One for each step from the first on. */
  readonly values: readonly SequenceValue[];
}

/**
 * A series and its values in the notation of Prometheus' tests: `name{a="1"} 0+10x3 _ 5x2 stale NaN -Inf`. Throws PromqlError for anything
 * else; values that are native histograms are refused by name.
 */
export function parseSeriesDescription(text: string): SeriesDescription {
  const source = new SourceText(text);
  const end = endOfMetric(source);
  return { labels: parseMetric(text.slice(0, end)), values: readSeriesValues(source, end) };
}

/** The same for values alone, as test files of rules hold them apart from the series. */
export function parseSeriesValues(text: string): readonly SequenceValue[] {
  return readSeriesValues(new SourceText(text), 0);
}

const nameOrBlank = /\s*[^\s{]*[ \t]*/y;
const notInteresting = /[^}"'`]*/y;

/** Behind the closing brace, or behind the name where there is none. */
function endOfMetric(source: SourceText): number {
  const { text } = source;
  let at = match(nameOrBlank, text, 0);
  if (text[at] !== '{' || text[at + 1] === '{') return at;
  for (;;) {
    at = match(notInteresting, text, at);
    if (at >= text.length) return at; // the braces are open, which the parser tells
    if (text[at] === '}') return at + 1;
    at = endOfString(source, at);
  }
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function endOfString(source: SourceText, at: number): number {
  try {
    return readStringLiteral(source.text, at).end;
  } catch (error) {
    if (error instanceof StringLiteralError) throw new PromqlError(error.message, source.range(error.offset, at + 1));
    throw error;
  }
}

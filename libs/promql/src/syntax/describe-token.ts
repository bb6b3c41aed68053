import { aggregationOf, isExperimentalAggregation } from './keywords.js';
import type { Token } from './lexer.js';
import { quoteString } from './string-literal.js';

const operatorWords = new Set(['and', 'or', 'unless', 'atan2']);
const operatorSigns = new Set('- + * % / == != <= < >= > =~ !~ ^ @ </ >/'.split(' '));
const keywords = new Set(
  'offset smoothed anchored by without on ignoring group_left group_right fill fill_left fill_right bool'.split(' '),
);
const calls = new Set(['start', 'end', 'step', 'range', 'max_of', 'min_of']);
/** Longer texts are cut. */
const longest = 10;

/** As Prometheus names a token that it did not expect. */
export function describeToken({ kind, text, start, end }: Token, source: string, inBraces = false): string {
  switch (kind) {
    case 'end':
      return 'end of input';
    case 'error':
      return text;
    case 'symbol':
      return operatorSigns.has(text) ? `<op:${text}>` : quoteString(text);
    case 'word':
      return inBraces ? `identifier ${quoteString(text)}` : describeWord(text);
    case 'number':
    case 'duration':
    case 'string':
      return `${kind} ${quoteShort(source.slice(start, end))}`;
  }
}

function describeWord(text: string): string {
  const lower = text.toLowerCase();
  if (operatorWords.has(lower)) return `<op:${text}>`;
  if (aggregationOf(text) !== undefined || isExperimentalAggregation(text)) return `<aggr:${text}>`;
  if (keywords.has(lower)) return `<${text}>`;
  if (calls.has(lower)) return quoteString(text);
  if (lower === 'inf' || lower === 'nan') return `number ${quoteString(text)}`;
  return `${text.includes(':') ? 'metric identifier' : 'identifier'} ${quoteString(text)}`;
}

function quoteShort(text: string): string {
  return text.length > longest ? `${quoteString(text.slice(0, longest))}...` : quoteString(text);
}

import { parseDuration } from '@tapewatch/model';

const decimal = /^(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?$/;
const hexadecimal = /^0[xX](?:_?[0-9a-fA-F]+)+$/;
const octal = /^0_?[0-7]+(?:_[0-7]+)*$/;
const binary = /^0[bB](?:_?[01]+)+$/;
const prefixedOctal = /^0[oO](?:_?[0-7]+)+$/;

/** A duration longer than Go's int64 nanoseconds has no meaning in PromQL. */
const longestDurationMs = 9_223_372_036_854;

/**
 * The value of a number as Prometheus writes them (Go's integers with base prefixes and underscores, decimals);
 * undefined when it is none.
 */
export function parseNumber(text: string): number | undefined {
  const plain = text.replaceAll('_', '');
  if (octal.test(text)) return parseInt(plain, 8);
  if (decimal.test(text)) return Number(plain);
  if (hexadecimal.test(text) || binary.test(text) || prefixedOctal.test(text)) return Number(plain);
  return undefined;
}

/** A duration literal (`1h30m`) in milliseconds; undefined when the text is none. */
export function parseDurationLiteral(text: string): number | undefined {
  const ms = /[a-z]$/.test(text) ? parseDuration(text) : undefined;
  return ms === undefined || ms > longestDurationMs ? undefined : ms;
}

export function isInfOrNaN(word: string): boolean {
  const lower = word.toLowerCase();
  return lower === 'inf' || lower === 'nan';
}

import type { Scalar } from 'yaml';

/**
 * Where a character of a scalar's value stands in the file. YAML folds lines, strips indentation and reads escapes, but never
 * reorders, so the n-th visible character of the value is the n-th of what was written.
 */
export function offsetInFile(text: string, scalar: Scalar, valueOffset: number): number {
  const [from = 0, to = from] = scalar.range ?? [];
  const value = typeof scalar.value === 'string' ? scalar.value : '';
  const visible = value.slice(0, valueOffset).replace(/\s/g, '').length;
  let seen = 0;
  let at = contentStart(text, scalar, from);
  while (at < to) {
    const length = escapeLength(text, at, scalar.type);
    if (!isBlank(text, at, length, scalar.type)) {
      if (seen === visible) return at;
      seen++;
    }
    at += length;
  }
  return visible === 0 ? from : Math.max(from, to - 1);
}

/** After the quote, or after the header line of a block. */
function contentStart(text: string, scalar: Scalar, from: number): number {
  if (scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE') return from + 1;
  if (scalar.type !== 'BLOCK_LITERAL' && scalar.type !== 'BLOCK_FOLDED') return from;
  const lineEnd = text.indexOf('\n', from);
  return lineEnd < 0 ? from : lineEnd + 1;
}

/** How much of the file makes one character of the value. */
function escapeLength(text: string, at: number, type: Scalar['type']): number {
  if (type === 'QUOTE_SINGLE') return text.startsWith("''", at) ? 2 : 1;
  if (type !== 'QUOTE_DOUBLE' || text[at] !== '\\') return 1;
  return { x: 4, u: 6, U: 10 }[text[at + 1] ?? ''] ?? 2;
}

function isBlank(text: string, at: number, length: number, type: Scalar['type']): boolean {
  if (length === 1) return /\s/.test(text[at] as string);
  return type === 'QUOTE_DOUBLE' && /^\\[ nrtvf\s]/.test(text.slice(at, at + 2));
}

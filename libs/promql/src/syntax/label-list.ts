import { PromqlError } from '../errors.js';
import { quoteString } from './string-literal.js';
import type { TokenCursor } from './token-cursor.js';

/** Label names in parentheses, quoted or not, a comma after the last one allowed. */
export function parseLabelList(cursor: TokenCursor): string[] {
  if (!cursor.takeSymbol('(')) cursor.unexpectedIn('grouping opts', '"("');
  const labels: string[] = [];
  while (!cursor.isSymbol(')')) {
    labels.push(parseLabelName(cursor));
    if (!cursor.takeSymbol(',') && !cursor.isSymbol(')')) cursor.unexpectedIn('grouping opts', '"," or ")"');
  }
  cursor.next();
  return labels;
}

function parseLabelName(cursor: TokenCursor): string {
  const { kind, text } = cursor.current;
  if (kind !== 'word' && kind !== 'string') cursor.unexpectedIn('grouping opts', 'label');
  const token = cursor.next();
  if (isLabelName(text)) return text;
  throw new PromqlError(`invalid label name for grouping: ${quoteString(text)}`, cursor.rangeOf(token));
}

/** Prometheus 3 takes any UTF-8 that is not empty; see readStringLiteral for how bytes that are none come here. */
export function isLabelName(text: string): boolean {
  return text !== '' && text.isWellFormed();
}

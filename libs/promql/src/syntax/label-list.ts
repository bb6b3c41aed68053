import { PromqlError } from '../errors.js';
import type { TokenCursor } from './token-cursor.js';

/** Label names in parentheses, quoted or not, a comma after the last one allowed. */
export function parseLabelList(cursor: TokenCursor, where: string): string[] {
  cursor.expectSymbol('(', `before the labels of ${where}`);
  const labels: string[] = [];
  while (!cursor.isSymbol(')')) {
    labels.push(parseLabelName(cursor, where));
    if (!cursor.takeSymbol(',') && !cursor.isSymbol(')')) cursor.unexpected(`"," or ")" in the labels of ${where}`);
  }
  cursor.next();
  return labels;
}

function parseLabelName(cursor: TokenCursor, where: string): string {
  const { kind, text } = cursor.current;
  if (kind !== 'word' && kind !== 'string') cursor.unexpected(`a label name in the labels of ${where}`);
  const token = cursor.next();
  if (!isLabelName(text)) {
    throw new PromqlError(
      `invalid label name ${JSON.stringify(text)}, expected UTF-8, not empty`,
      cursor.rangeOf(token),
    );
  }
  return text;
}

/** Prometheus 3 takes any UTF-8 that is not empty; see readStringLiteral for how bytes that are none come here. */
export function isLabelName(text: string): boolean {
  return text !== '' && text.isWellFormed();
}

import { UnsupportedError } from '../errors.js';
import type { BinaryOperator, VectorMatching } from './ast.js';
import { isSetOperator } from './keywords.js';
import { parseLabelList } from './label-list.js';
import type { TokenCursor } from './token-cursor.js';

const fillWords = new Set(['fill', 'fill_left', 'fill_right']);

/** What may follow a binary operator: on or ignoring, then group_left or group_right; undefined when nothing does. */
export function parseMatching(cursor: TokenCursor, operator: BinaryOperator): VectorMatching | undefined {
  const on = cursor.isWord('on');
  if (!on && !cursor.isWord('ignoring')) {
    refuseFill(cursor);
    return undefined;
  }
  cursor.next();
  const labels = parseLabelList(cursor);
  const matching = { on, labels, ...parseGrouping(cursor, operator) };
  refuseFill(cursor);
  return matching;
}

function parseGrouping(cursor: TokenCursor, operator: BinaryOperator): Pick<VectorMatching, 'cardinality' | 'include'> {
  const left = cursor.isWord('group_left');
  if (!left && !cursor.isWord('group_right')) {
    return { cardinality: isSetOperator(operator) ? 'many-to-many' : 'one-to-one', include: [] };
  }
  cursor.next();
  const include = cursor.isSymbol('(') ? parseLabelList(cursor) : [];
  return { cardinality: left ? 'many-to-one' : 'one-to-many', include };
}

function refuseFill(cursor: TokenCursor): void {
  const { kind, text } = cursor.current;
  const { following } = cursor;
  if (kind !== 'word' || !fillWords.has(text.toLowerCase()) || following.text !== '(') return;
  throw new UnsupportedError(`the experimental modifier ${text}`, cursor.rangeOf(cursor.current));
}

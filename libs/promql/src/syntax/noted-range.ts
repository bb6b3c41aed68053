import type { Expression } from './ast.js';
import type { SourceRange } from './source-range.js';
import { unwrapParens } from './traversal.js';

const startOfText: SourceRange = { start: 0, end: 0, line: 1, column: 1 };

/** Where Prometheus says that a note about an argument belongs: inside its parentheses, and of a subquery at the very start. */
export function notedRange(argument: Expression): SourceRange {
  const inner = unwrapParens(argument);
  return inner.kind === 'subquery' ? startOfText : inner.range;
}

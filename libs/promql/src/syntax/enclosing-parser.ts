import type { PromqlError } from '../errors.js';
import type { Expression } from './ast.js';
import type { TokenCursor } from './token-cursor.js';

/** What the parsers of operands ask of the one that reads the expressions around and within them. */
export interface EnclosingParser {
  readonly cursor: TokenCursor;
  /** Notes what is wrong with types and numbers of arguments; mistakes in the syntax are told before. */
  refuse(error: PromqlError): void;
  /** Refuses the current token where nothing more is known than that it does not fit. */
  unexpected(): never;
  /** Whatever goes wrong in there is said to be wrong in an aggregation. */
  inAggregation<T>(parsePart: () => T): T;
  /** An expression whose operators all bind at least as tightly as `least`. */
  expression(least?: number): Expression;
  /** Notes how deep the tree of an expression is, which is refused when it is too deep. */
  built<T extends Expression>(expression: T, children: readonly Expression[]): T;
}

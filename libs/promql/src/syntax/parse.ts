import type { Expression } from './ast.js';
import { ExpressionParser } from './expression-parser.js';

/**
 * Reads one expression of stable PromQL as of Prometheus 3, names in UTF-8 included, and checks types, arities and
 * function names. Throws PromqlError for anything else, also for experimental syntax, which it names.
 */
export function parse(text: string): Expression {
  return new ExpressionParser(text).parseAll();
}

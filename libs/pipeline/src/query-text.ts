import { accepted, refused, type CommandResult } from '@tapewatch/model';
import { formatExpression, parse, PromqlError, syntaxTree, type Expression, type Json } from '@tapewatch/promql';

/** Of text that is no PromQL, where it goes wrong. */
export function formatQuery(text: string): CommandResult<string> {
  return ofExpression(text, formatExpression);
}

export function parseQuery(text: string): CommandResult<Json> {
  return ofExpression(text, syntaxTree);
}

function ofExpression<T>(text: string, work: (expression: Expression) => T): CommandResult<T> {
  try {
    return accepted(work(parse(text)));
  } catch (thrown) {
    if (thrown instanceof PromqlError)
      return refused('QUERY_INVALID', thrown.reason, `${thrown.line}:${thrown.column}`);
    throw thrown;
  }
}

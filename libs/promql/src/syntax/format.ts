import type { Aggregation, Binary, Call, Expression } from './ast.js';
import { printAggregator, printExpression, printOperator, printSubquerySuffix } from './print.js';

/** What does not fit into this many characters is split. */
const longestLine = 100;

/** An expression on as many lines as it needs to be read, laid out as Prometheus' `/api/v1/format_query` does. */
export function formatExpression(expression: Expression): string {
  return layOut(expression, 0);
}

/** `level`: how deep the line is indented that the expression begins. */
function layOut(expression: Expression, level: number): string {
  const indent = '  '.repeat(level);
  const line = printExpression(expression);
  if (expression.kind === 'unary') return indent + expression.operator + layOut(expression.expression, level).trim();
  if (new TextEncoder().encode(line).length <= longestLine)
    return expression.kind === 'subquery' ? line : indent + line;
  switch (expression.kind) {
    case 'paren':
      return `${indent}(\n${layOut(expression.expression, level + 1)}\n${indent})`;
    case 'subquery':
      return layOut(expression.expression, level) + printSubquerySuffix(expression);
    case 'binary':
      return layOutBinary(expression, level);
    case 'aggregation':
      return layOutAggregation(expression, level);
    case 'call':
      return layOutCall(expression, level);
    default:
      return indent + line;
  }
}

function layOutBinary(binary: Binary, level: number): string {
  const operator = '  '.repeat(level) + printOperator(binary);
  return [layOut(binary.left, level + 1), operator, layOut(binary.right, level + 1)].join('\n');
}

function layOutAggregation(aggregation: Aggregation, level: number): string {
  const { parameter, expression } = aggregation;
  const args = parameter === undefined ? [expression] : [parameter, expression];
  return layOutArguments(printAggregator(aggregation), args, level);
}

function layOutCall({ name, args }: Call, level: number): string {
  return layOutArguments(name, args, level);
}

function layOutArguments(head: string, args: readonly Expression[], level: number): string {
  const indent = '  '.repeat(level);
  const lines = args.map((arg) => layOut(arg, level + 1)).join(',\n');
  return `${indent}${head}(\n${lines}\n${indent})`;
}

import { formatPlain } from '../functions/go-format.js';
import { signatures } from '../functions/signatures.js';
import type { Matcher } from '@tapewatch/model';
import type { AtModifier, Binary, Call, Expression, VectorSelector } from './ast.js';

/** A value that JSON.stringify writes as it is. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An expression as the data of Prometheus' `/api/v1/parse_query`. */
export function syntaxTree(expression: Expression): Json {
  switch (expression.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatPlain(expression.value) };
    case 'string':
      return { type: 'stringLiteral', val: expression.value };
    case 'selector':
      return { type: 'vectorSelector', ...selectorFields(expression) };
    case 'range':
      return {
        type: 'matrixSelector',
        range: expression.rangeMs,
        rangeExpr: null,
        ...selectorFields(expression.selector),
      };
    case 'subquery':
      return {
        type: 'subquery',
        expr: syntaxTree(expression.expression),
        range: expression.rangeMs,
        rangeExpr: null,
        step: expression.stepMs ?? 0,
        stepExpr: null,
        ...timeFields(expression),
      };
    case 'paren':
      return { type: 'parenExpr', expr: syntaxTree(expression.expression) };
    case 'unary':
      return { type: 'unaryExpr', op: expression.operator, expr: syntaxTree(expression.expression) };
    case 'binary':
      return binaryTree(expression);
    case 'aggregation':
      return {
        type: 'aggregation',
        op: expression.operator,
        expr: syntaxTree(expression.expression),
        param: expression.parameter === undefined ? null : syntaxTree(expression.parameter),
        grouping: [...expression.grouping],
        without: expression.without,
      };
    case 'call':
      return callTree(expression);
  }
}

function selectorFields(selector: VectorSelector): { readonly [key: string]: Json } {
  const { name = '' } = selector;
  // Prometheus appends the matcher of the name to those that were written.
  const isName = (matcher: Matcher): boolean => name !== '' && matcher.name === '__name__' && matcher.value === name;
  const named = selector.matchers.filter(isName);
  const matchers = [...selector.matchers.filter((matcher) => !isName(matcher)), ...named];
  return { name, matchers: matchers.map(matcherTree), ...timeFields(selector), anchored: false, smoothed: false };
}

function matcherTree({ name, operator, value }: Matcher): Json {
  return { name, value, type: operator };
}

function timeFields({ at, offsetMs }: { readonly at?: AtModifier; readonly offsetMs: number }): {
  readonly [key: string]: Json;
} {
  return {
    offset: offsetMs,
    offsetExpr: null,
    timestamp: at?.kind === 'time' ? at.timeMs : null,
    startOrEnd: at === undefined || at.kind === 'time' ? null : at.kind,
  };
}

function binaryTree({ operator, left, right, bool, matching }: Binary): Json {
  return {
    type: 'binaryExpr',
    op: operator,
    lhs: syntaxTree(left),
    rhs: syntaxTree(right),
    matching:
      matching === undefined
        ? null
        : {
            card: matching.cardinality,
            labels: [...matching.labels],
            on: matching.on,
            include: [...matching.include],
            fillValues: { lhs: null, rhs: null },
          },
    bool,
  };
}

function callTree({ name, args }: Call): Json {
  const signature = signatures.get(name);
  if (signature === undefined) throw new Error(`no signature of the function ${name}`);
  const { args: argTypes, optional, repeatsLast, returns } = signature;
  return {
    type: 'call',
    func: { name, argTypes: [...argTypes], variadic: repeatsLast ? -1 : optional, returnType: returns },
    args: args.map(syntaxTree),
  };
}

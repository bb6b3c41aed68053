import type { Matcher, MatchOperator } from '@tapewatch/model';
import { quoteString } from '../syntax/string-literal.js';
import { compileRegularExpression } from './regular-expression.js';

/** Regular expressions match the whole value, in RE2's syntax; throws an Error for a wrong one. */
export function createMatcher(name: string, operator: MatchOperator, value: string): Matcher {
  return { name, operator, value, matches: testOf(operator, value) };
}

function testOf(operator: MatchOperator, value: string): (labelValue: string) => boolean {
  switch (operator) {
    case '=':
      return (labelValue) => labelValue === value;
    case '!=':
      return (labelValue) => labelValue !== value;
    case '=~':
      return compileRegularExpression(value);
    case '!~': {
      const test = compileRegularExpression(value);
      return (labelValue) => !test(labelValue);
    }
  }
}

const plainName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** `name="value"`, the name quoted when it is not plain; PromQL and `parseMatchers` read it back. */
export function formatMatcher(matcher: Pick<Matcher, 'name' | 'operator' | 'value'>): string {
  return `${formatLabelName(matcher.name)}${matcher.operator}${quoteString(matcher.value)}`;
}

/** In braces, as Alertmanager shows them. */
export function formatMatchers(matchers: readonly Pick<Matcher, 'name' | 'operator' | 'value'>[]): string {
  return `{${matchers.map(formatMatcher).join(',')}}`;
}

/** A label name where a matcher or a grouping takes one. */
export function formatLabelName(name: string): string {
  return plainName.test(name) ? name : quoteString(name);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PromqlError } from '../errors.js';
import { createMatcher, formatMatchers } from './matcher.js';
import { parseMatchers } from './parse-matchers.js';

function accepted(pattern: string, ...values: string[]): string[] {
  const matcher = createMatcher('a', '=~', pattern);
  return values.filter((value) => matcher.matches(value));
}

describe('createMatcher', () => {
  it.each([
    ['abc', ['abc']],
    ['a.c', ['abc', 'a\nc']],
    ['abc|xyz|', ['abc', 'xyz', '']],
    ['ab.*', ['ab', 'abc', 'abcd']],
    ['ab.+', ['abc', 'abcd']],
    ['.*cd', ['cd', 'abcd']],
    ['.+cd', ['abcd']],
    ['.+', ['abc', 'a\nc', 'xyz', 'ab', 'abcd', 'cd', 'ABC']],
    ['.*', ['abc', 'a\nc', 'xyz', '', 'ab', 'abcd', 'cd', 'ABC']],
    ['(?i)abc', ['abc', 'ABC']],
    ['((?i)AB)c', ['abc']],
    ['b|abc', ['abc']],
    ['ab|(a)bc', ['abc', 'ab']],
    ['', ['']],
  ])('matches the whole value with %j', (pattern, wanted) => {
    const values = ['abc', 'a\nc', 'xyz', '', 'ab', 'abcd', 'cd', 'ABC'];
    expect(accepted(pattern, ...values)).toEqual(values.filter((value) => wanted.includes(value)));
  });

  it('gives the same answers on the fast paths as the engine does', () => {
    const part = fc.constantFrom('a', 'b', 'ab', '.*', '.+', '|');
    const pattern = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 5 });
    fc.assert(
      fc.property(pattern, value, (fast, text) => {
        expect(createMatcher('x', '=~', fast).matches(text)).toBe(
          createMatcher('x', '=~', `(?:${fast})`).matches(text),
        );
        expect(createMatcher('x', '!~', fast).matches(text)).toBe(!createMatcher('x', '=~', fast).matches(text));
      }),
    );
  });

  it('does not backtrack', () => {
    expect(createMatcher('a', '=~', '(a+)+b').matches('a'.repeat(5000))).toBe(false);
  });

  it('says what is wrong with a pattern', () => {
    expect(() => createMatcher('a', '=~', 'x(')).toThrow('invalid regular expression "x("');
    expect(() => createMatcher('a', '=~', '(?=x)')).toThrow('invalid regular expression');
  });
});

describe('parseMatchers', () => {
  it.each([
    ['foo="bar"', '{foo="bar"}'],
    ['{foo="bar",}', '{foo="bar"}'],
    ['foo=bar, baz!=~x', undefined],
    ['foo = bar , "a b"!~"x|y"', '{foo="bar","a b"!~"x|y"}'],
    ['foo=~b.*', '{foo=~"b.*"}'],
    ['foo=""', '{foo=""}'],
    [' { } ', '{}'],
    ['', '{}'],
  ])('reads %j', (text, printed) => {
    if (printed === undefined) expect(() => parseMatchers(text)).toThrow(PromqlError);
    else expect(formatMatchers(parseMatchers(text))).toBe(printed);
  });

  it.each([
    ['foo', 4, 'expected "="'],
    ['=x', 1, 'expected a label name'],
    ['foo=', 5, 'expected a value'],
    ['{foo="bar"', 11, 'expected "}"'],
    ['foo="bar" x="y"', 11, 'expected ","'],
    ['foo="bar"}', 10, 'expected ","'],
    ['foo="bar', 5, 'unterminated'],
    ['foo=~"("', 1, 'invalid regular expression'],
    ['""="x"', 1, 'expected a label name'],
  ])('refuses %j', (text, column, reason) => {
    expect(() => parseMatchers(text)).toThrow(
      expect.objectContaining({ column, reason: expect.stringContaining(reason) as string }),
    );
  });

  it('reads back what formatMatchers writes', () => {
    const matcher = fc.record({
      name: fc.string({ minLength: 1 }),
      operator: fc.constantFrom('=' as const, '!=' as const),
      value: fc.string({ unit: 'grapheme' }),
    });
    fc.assert(
      fc.property(fc.array(matcher), (matchers) => {
        const read = parseMatchers(formatMatchers(matchers));
        expect(read.map(({ name, operator, value }) => ({ name, operator, value }))).toEqual(matchers);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { PromqlError, UnsupportedError } from '../errors.js';
import type { Expression } from './ast.js';
import { parse } from './parse.js';

/** How operators group, as an S-expression. */
function shape(expression: Expression): string {
  switch (expression.kind) {
    case 'paren':
      return shape(expression.expression);
    case 'unary':
      return `(${expression.operator} ${shape(expression.expression)})`;
    case 'binary':
      return `(${expression.operator} ${shape(expression.left)} ${shape(expression.right)})`;
    case 'number':
      return String(expression.value);
    case 'selector':
      return `${expression.name ?? '{}'}${expression.offsetMs === 0 ? '' : `~${expression.offsetMs / 1000}`}`;
    default:
      return expression.kind;
  }
}

function failure(text: string): PromqlError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof PromqlError) return error;
    throw error;
  }
  throw new Error(`no error for ${text}`);
}

describe('parse', () => {
  it.each([
    ['1 + 2 * 3', '(+ 1 (* 2 3))'],
    ['1 - 2 - 3', '(- (- 1 2) 3)'],
    ['2 ^ 3 ^ 2', '(^ 2 (^ 3 2))'],
    ['-2 ^ 2', '(- (^ 2 2))'],
    ['-1 * 2', '(* -1 2)'],
    ['2 / -2 ^ - - -1 * 3 + 2', '(+ (* (/ 2 (- (^ 2 -1))) 3) 2)'],
    ['a or b and c', '(or a (and b c))'],
    ['a and b unless c', '(unless (and a b) c)'],
    ['a > b + c', '(> a (+ b c))'],
    ['a * b atan2 c', '(atan2 (* a b) c)'],
    ['a > b offset 1m', '(> a b~60)'],
    ['a offset 15m or b offset -45m', '(or a~900 b~-2700)'],
    ['-a offset 5', '(- a~5)'],
    ['2 ^ a offset 5m', '(^ 2 a~300)'],
    ['a OFFSET 1m OR B', '(or a~60 B)'],
    ['sum + by', '(+ sum by)'],
    ['+Inf - nan', '(- Infinity NaN)'],
    ['a # comment\n+ b', '(+ a b)'],
  ])('groups %s', (text, wanted) => {
    expect(shape(parse(text))).toBe(wanted);
  });

  it.each([
    ['0x1F', 31],
    ['1_000.5', 1000.5],
    ['.5', 0.5],
    ['3.', 3],
    ['1e-3', 0.001],
    ['0755', 493],
    ['08', 8],
    ['5m30s', 330],
    ['1ms', 0.001],
    ['-2h', -7200],
  ])('reads the number %s', (text, value) => {
    expect(parse(text)).toMatchObject({ kind: 'number', type: 'scalar', value });
  });

  it.each([
    [String.raw`"a\n\t\"b\""`, 'a\n\t"b"'],
    [String.raw`'it\'s'`, "it's"],
    ['`raw \\n`', 'raw \\n'],
    [String.raw`"\x41\102é\U0001F600"`, 'ABé\u{1F600}'],
    [String.raw`"\xc3\xa9"`, 'é'],
  ])('reads the string %s', (text, value) => {
    expect(parse(text)).toMatchObject({ kind: 'string', value });
  });

  it('reads selectors with names and labels in UTF-8', () => {
    expect(parse('{"my.metric", "a b"="c", d!~`x|y`,}')).toMatchObject({
      name: 'my.metric',
      matchers: [
        { name: '__name__', operator: '=', value: 'my.metric' },
        { name: 'a b', operator: '=', value: 'c' },
        { name: 'd', operator: '!~', value: 'x|y' },
      ],
    });
  });

  it('reads ranges, subqueries and their modifiers', () => {
    expect(parse('m[5m] offset 1m @ 10.5')).toMatchObject({
      kind: 'range',
      rangeMs: 300_000,
      selector: { offsetMs: 60_000, at: { kind: 'time', timeMs: 10_500 } },
    });
    const subquery = parse('rate(m[1m])[10:1] @ end() offset -1s');
    expect(subquery).toMatchObject({
      kind: 'subquery',
      rangeMs: 10_000,
      stepMs: 1000,
      offsetMs: -1000,
      at: { kind: 'end' },
    });
    expect(parse('m[1h:]')).not.toHaveProperty('stepMs');
  });

  it('takes the grouping of an aggregation before or after its arguments', () => {
    const wanted = { operator: 'sum', without: false, grouping: ['a', 'le'] };
    expect(parse('sum by (a, le) (m)')).toMatchObject(wanted);
    expect(parse('SUM(m) BY (a, "le",)')).toMatchObject(wanted);
  });

  it('reads vector matching', () => {
    expect(parse('a * on (x) group_left (y) b')).toMatchObject({
      matching: { cardinality: 'many-to-one', on: true, labels: ['x'], include: ['y'] },
    });
    expect(parse('a and ignoring (x) b')).toMatchObject({
      matching: { cardinality: 'many-to-many', on: false, labels: ['x'], include: [] },
    });
    expect(parse('a * 2')).not.toHaveProperty('matching');
  });

  it('says where a part stands', () => {
    expect(parse('up +\n  rate(m[5m])')).toMatchObject({
      range: { start: 0, end: 18, line: 1, column: 1 },
      right: { range: { start: 7, end: 18, line: 2, column: 3 } },
    });
  });

  it.each([
    ['', 1, 1, 'no expression found in input'],
    [' # nothing', 1, 1, 'no expression found in input'],
    ['up +', 1, 5, 'unexpected end of input'],
    ['up up', 1, 4, 'unexpected identifier "up"'],
    ['up 5m', 1, 4, 'unexpected duration "5m"'],
    ['up "a long string"', 1, 4, 'unexpected string "\\"a long st"...'],
    ['up a:b', 1, 4, 'unexpected metric identifier "a:b"'],
    ['* up', 1, 1, 'unexpected <op:*>'],
    ['sum(up up)', 1, 8, 'unexpected identifier "up" in aggregation'],
    ['sum(abs(up up))', 1, 12, 'unexpected identifier "up" in aggregation'],
    ['sum(\n  up', 2, 5, 'unclosed left parenthesis'],
    ['up)', 1, 4, "unexpected right parenthesis ')'"],
    ['up[5m', 1, 6, 'unclosed left bracket'],
    ['up]', 1, 3, "unexpected right bracket ']'"],
    ['up[[', 1, 4, "unexpected left bracket '['"],
    ['up{', 1, 4, 'unexpected end of input inside braces'],
    ['up{{', 1, 4, "unexpected left brace '{'"],
    ['up{1}', 1, 4, "unexpected character inside braces: '1'"],
    ['up{a!b}', 1, 5, "unexpected character after '!' inside braces: 'b'"],
    ['up =~ 1', 1, 4, "unexpected character after '=': '~'"],
    ['up ! 1', 1, 4, "unexpected character after '!': ' '"],
    ['up{job=}', 1, 8, 'unexpected "}" in label matching, expected string'],
    ['up{job "x"}', 1, 8, 'unexpected string "\\"x\\"" in label matching, expected label matching operator'],
    ['up{job="x" a="b"}', 1, 12, 'unexpected identifier "a" in label matching, expected "," or "}"'],
    ['up{,}', 1, 4, 'unexpected "," in label matching, expected identifier or "}"'],
    ['up{a=~"("}', 1, 4, 'invalid regular expression'],
    ['sum by job (up)', 1, 8, 'unexpected identifier "job" in grouping opts, expected "("'],
    ['sum by (a b) (up)', 1, 11, 'unexpected identifier "b" in grouping opts, expected "," or ")"'],
    ['sum by (,) (up)', 1, 9, 'unexpected "," in grouping opts, expected label'],
    ['sum by ("") (up)', 1, 9, 'invalid label name for grouping: ""'],
    ['{a=""}', 1, 1, 'vector selector must contain at least one non-empty matcher'],
    ['{}', 1, 1, 'vector selector must contain at least one non-empty matcher'],
    ['up{__name__="x"}', 1, 1, 'metric name must not be set twice: "up" or "x"'],
    ['"abc', 1, 1, 'unterminated quoted string'],
    ['`abc', 1, 1, 'unterminated raw string'],
    [String.raw`"\q"`, 1, 1, "unknown escape sequence U+0071 'q'"],
    [String.raw`{"\xff"="x"}`, 1, 2, 'invalid label name'],
    ['5x', 1, 1, 'bad number or duration syntax: "5"'],
    ['5mbool', 1, 1, 'bad number or duration syntax: "5mb"'],
    ['m[1m2]', 1, 3, 'bad number or duration syntax: "1m2"'],
    ['a:b(m)', 1, 4, 'unexpected "("'],
    ['by(m)', 1, 3, 'unexpected "("'],
    ['m[x]', 1, 3, "unexpected character in duration expression: 'x'"],
    ['m[5m x]', 1, 6, "unexpected character: 'x', expected ':'"],
    ['m[:1m]', 1, 4, 'unexpected colon before duration in duration expression'],
    ['m[5m::]', 1, 6, "unexpected colon ':'"],
    ['abs(m,, 1)', 1, 6, 'trailing commas not allowed in function call args'],
    ['up}', 1, 3, "unexpected character: '}'"],
    ['m{on by}', 1, 6, 'unexpected identifier "by" in label matching, expected label matching operator'],
    ['m end', 1, 3, 'unexpected "end"'],
    ['nope(a b)', 1, 8, 'unexpected identifier "b"'],
    ['up $', 1, 4, "unexpected character: '$'"],
    ['increse(m[5m])', 1, 1, 'unknown function with name "increse", did you mean "increase"?'],
    ['quite_different(m)', 1, 1, 'unknown function with name "quite_different"'],
    ['holt_winters(m[5m], 0.5, 0.5)', 1, 1, 'unknown function with name "holt_winters"'],
    ['rate(m)', 1, 6, 'expected type range vector in call to function "rate", got instant vector'],
    ['rate(m) m', 1, 9, 'unexpected identifier "m"'],
    ['rate()', 1, 1, 'expected 1 argument(s) in call to "rate", got 0'],
    ['round(m, 1, 2)', 1, 1, 'expected at most 2 argument(s) in call to "round", got 3'],
    ['label_join(m, "a")', 1, 1, 'expected at least 3 argument(s) in call to "label_join", got 2'],
    ['rate(m[5m],)', 1, 11, 'trailing commas not allowed in function call args'],
    ['topk(m)', 1, 1, 'wrong number of arguments for aggregate expression provided, expected 2, got 1'],
    ['sum()', 1, 1, 'no arguments for aggregate expression provided'],
    ['sum(1)', 1, 5, 'expected type instant vector in aggregation expression, got scalar'],
    ['count_values(1, m)', 1, 14, 'expected type string in aggregation parameter, got scalar'],
    ['1 == 1', 1, 3, 'comparisons between scalars must use BOOL modifier'],
    ['a + bool b', 1, 3, 'bool modifier can only be used on comparison operators'],
    ['1 and a', 1, 1, 'set operator "and" not allowed in binary scalar expression'],
    ['a and on (x) group_left b', 1, 1, 'no grouping allowed for "and" operation'],
    ['a + on (x) 1', 1, 1, 'vector matching only allowed between instant vectors'],
    ['a * on (x) group_left (x) b', 1, 3, 'label "x" must not occur in ON and GROUP clause at once'],
    ['m[5m] + 1', 1, 1, 'binary expression must contain only scalar and instant vector types'],
    ['1 + -"x"', 1, 5, 'unary expression only allowed on expressions of type scalar or instant vector, got "string"'],
    ['(m)[5m]', 1, 4, 'ranges only allowed for vector selectors'],
    ['m offset 1m [5m]', 1, 13, 'no offset modifiers allowed before range'],
    ['m @ 1 [5m]', 1, 7, 'no @ modifiers allowed before range'],
    ['m[5m 1m]', 1, 6, 'unexpected duration "1m" in subquery or range, expected ":" or "]"'],
    ['m[5m:1m 1m]', 1, 9, 'unexpected duration "1m" in subquery selector, expected "]"'],
    ['m[]', 1, 3, 'unexpected "]" in subquery or range selector, expected number, duration, step(), or range()'],
    ['m offset 1m offset 2m', 1, 1, 'offset may not be set multiple times'],
    ['m offset', 1, 9, 'unexpected end of input in offset, expected number, duration, step(), or range()'],
    ['m @ 1 @ 2', 1, 1, '@ <timestamp> may not be set multiple times'],
    ['m @ up', 1, 5, 'unexpected identifier "up" in @, expected timestamp'],
    ['(a + b) offset 5m', 1, 1, 'offset modifier must be preceded by an instant vector selector'],
    ['m @ Inf', 1, 1, 'timestamp out of bounds for @ modifier: +Inf'],
    ['m @ 1e300', 1, 1, 'timestamp out of bounds for @ modifier: 1'],
    ['m[0s]', 1, 3, 'duration must be greater than 0'],
    ['m[-5m]', 1, 3, 'duration must be greater than 0'],
    ['time()[5m:1m]', 1, 1, 'subquery is only allowed on instant vector, got scalar instead'],
    ['max_over_time(a + b[5m:1m])', 1, 19, 'binary expression must contain only scalar and instant vector types'],
    ['on', 1, 1, 'unexpected <on>'],
    ['{"métrique"} + "x"', 1, 17, 'binary expression must contain only scalar and instant vector types'],
  ])('refuses %j', (text, line, column, reason) => {
    const error = failure(text);
    expect(error.message).toBe(`${line}:${column}: parse error: ${error.reason}`);
    expect(error.reason).toContain(reason);
    expect({ line: error.line, column: error.column }).toEqual({ line, column });
  });

  it.each([
    ['mad_over_time(m[5m])', 'the experimental function mad_over_time()'],
    ['abs(max_of(1, 2))', 'the experimental function max_of()'],
    ['limitk(1, m)', 'the experimental aggregation limitk'],
    ['rate(m[5m] anchored)', 'the experimental modifier anchored'],
    ['m smoothed', 'the experimental modifier smoothed'],
    ['a + on (x) fill(0) b', 'the experimental modifier fill'],
    ['a + fill_left(0) b', 'the experimental modifier fill_left'],
    ['m[5m+1m]', 'an experimental duration expression'],
    ['m[-5m+35m]', 'an experimental duration expression'],
    ['m[5m:1m*2]', 'an experimental duration expression'],
    ['m[-min_of(5m, 1m)]', 'an experimental duration expression'],
    ['m offset (5m)', 'an experimental duration expression'],
    ['m offset -step()', 'an experimental duration expression'],
    ['m[step()]', 'an experimental duration expression'],
    ['a </ 1', 'the native histogram operator </'],
  ])('names what it does not support in %s', (text, feature) => {
    const error = failure(text);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error).toMatchObject({ feature, reason: `${feature} is not supported` });
  });

  it('takes words of experimental syntax as names', () => {
    for (const word of ['fill', 'fill_left', 'step', 'range', 'start', 'min_of', 'anchored', 'info', 'limitk']) {
      expect(parse(`${word} + ${word}{${word}="x"}`).kind).toBe('binary');
      expect(parse(`sum by (${word}) (${word})`).kind).toBe('aggregation');
    }
    expect(parse('m[+5m]')).toMatchObject({ rangeMs: 300_000 });
  });

  it('refuses what is nested too deeply instead of exhausting the stack', () => {
    for (const text of [
      '('.repeat(100_000),
      '-'.repeat(100_000),
      `1${'+1'.repeat(100_000)}`,
      `${'abs('.repeat(5000)}m${')'.repeat(5000)}`,
      `m${'[1m:]'.repeat(2000)}`,
    ]) {
      expect(() => parse(text)).toThrow(PromqlError);
    }
    expect(parse(`1${'+1'.repeat(400)}`).kind).toBe('binary');
  });

  it('throws nothing but PromqlError, whatever the text is', () => {
    const piece = fc.constantFrom(
      ...[
        'sum',
        'rate',
        'm',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '5m',
        '1',
        '"x"',
        ',',
        ':',
        '=',
        '=~',
        '!',
        '@',
        'offset',
        '-',
        '^',
      ],
      ...['by', 'on', 'group_left', 'bool', 'and', '#', '\n', "'", '`', '\\', '\u{1F600}', '\ud800', '0x', '1e', '..'],
    );
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((parts) => parts.join(' ')),
      fc.array(piece).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PromqlError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

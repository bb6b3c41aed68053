import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryExpression } from '../testing/arbitrary-expression.js';
import type { Expression } from './ast.js';
import { parse } from './parse.js';
import { printExpression } from './print.js';

/** All of an expression but where it stands and functions, which have no equality. */
function comparable(expression: Expression): unknown {
  return JSON.parse(
    JSON.stringify(expression, (key, value: unknown) => {
      if (key === 'range' || typeof value === 'function') return undefined;
      if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
      return value;
    }),
  );
}

describe('printExpression', () => {
  it.each([
    ['sum(rate(m[5m]))by(job,"a b")', 'sum by (job, "a b") (rate(m[5m]))'],
    ['m{a="b"}offset 90s@10', 'm{a="b"} @ 10.000 offset 1m30s'],
    ['{"my.metric",a=~"x"}', '{"my.metric",a=~"x"}'],
    ['{__name__="m"}', '{__name__="m"}'],
    ['a*on(x)group_left b', 'a * on (x) group_left () b'],
    ['a>bool 0x10', 'a > bool 16'],
    ['max_over_time(m[1h:30])', 'max_over_time(m[1h:30s])'],
    ['-(2)^2', '-(2) ^ 2'],
    ['`a"\\`', String.raw`"a\"\\"`],
    [String.raw`"\x00\xff"`, String.raw`"\x00\xff"`],
    ['{"on"}', '{"on"}'],
    ['vector(-0)', 'vector(-0)'],
    ['{a="x",b!="y"} > Inf', '{a="x",b!="y"} > Inf'],
    ['1e21 - 1e-7', '1000000000000000000000 - 0.0000001'],
    ['5m', '5m'],
  ])('prints %s', (text, printed) => {
    expect(printExpression(parse(text))).toBe(printed);
  });

  it('gives a text that reads back as the same expression', () => {
    fc.assert(
      fc.property(arbitraryExpression, (text) => {
        const expression = parse(text);
        expect(comparable(parse(printExpression(expression)))).toEqual(comparable(expression));
      }),
      { numRuns: 2000 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryExpression } from '../testing/arbitrary-expression.js';
import { formatExpression } from './format.js';
import { parse } from './parse.js';
import { printExpression } from './print.js';

function format(text: string): string {
  return formatExpression(parse(text));
}

const long =
  'rate(exchange_orderbook_updates_total{exchange="binance",symbol="BTC/USDT",environment="production"}[5m])';

describe('formatExpression', () => {
  it('leaves on one line what fits there', () => {
    expect(format('sum(rate(m[5m]))by(job)')).toBe('sum by (job) (rate(m[5m]))');
  });

  it('puts the arguments of calls and aggregations on lines of their own', () => {
    expect(format(`topk(3,abs(${long}))`)).toBe(
      `topk(\n  3,\n  abs(\n    rate(\n      ${long.slice(5, -1)}\n    )\n  )\n)`,
    );
  });

  it('puts operators between their operands', () => {
    expect(format(`m>on(exchange)group_left()${long}`)).toBe(
      `  m\n> on (exchange) group_left ()\n  rate(\n    ${long.slice(5, -1)}\n  )`,
    );
  });

  it('splits parentheses, signs and subqueries', () => {
    expect(format(`-(${long})`)).toBe(`-(\n  rate(\n    ${long.slice(5, -1)}\n  )\n)`);
    expect(format(`max_over_time(${long}[1h:] offset 1m)`)).toBe(
      `max_over_time(\n  rate(\n    ${long.slice(5, -1)}\n  )[1h:] offset 1m\n)`,
    );
  });

  it('changes nothing but the layout', () => {
    fc.assert(
      fc.property(arbitraryExpression, (text) => {
        const expression = parse(text);
        expect(printExpression(parse(formatExpression(expression)))).toBe(printExpression(expression));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { parse } from './parse.js';
import { syntaxTree } from './syntax-tree.js';

describe('syntaxTree', () => {
  it('is the data of the parse_query API', () => {
    expect(syntaxTree(parse('sum by (job) (rate(up{job=~"a|b"}[5m] offset 1m @ end())) > bool 0.5'))).toEqual({
      type: 'binaryExpr',
      op: '>',
      bool: true,
      matching: null,
      lhs: {
        type: 'aggregation',
        op: 'sum',
        grouping: ['job'],
        without: false,
        param: null,
        expr: {
          type: 'call',
          func: { name: 'rate', argTypes: ['matrix'], variadic: 0, returnType: 'vector' },
          args: [
            {
              type: 'matrixSelector',
              name: 'up',
              range: 300_000,
              rangeExpr: null,
              offset: 60_000,
              offsetExpr: null,
              timestamp: null,
              startOrEnd: 'end',
              anchored: false,
              smoothed: false,
              matchers: [
                { name: 'job', value: 'a|b', type: '=~' },
                { name: '__name__', value: 'up', type: '=' },
              ],
            },
          ],
        },
      },
      rhs: { type: 'numberLiteral', val: '0.5' },
    });
  });

  it('knows every kind of expression', () => {
    const texts = ['topk(1, -(m)) * on (a) group_left (b) m @ 1', 'm[5m:1m]', '"x"', 'label_join(m, "a", "-", "b")'];
    expect(texts.map((text) => (syntaxTree(parse(text)) as { type: string }).type)).toEqual([
      'binaryExpr',
      'subquery',
      'stringLiteral',
      'call',
    ]);
    expect(syntaxTree(parse(texts[0] as string))).toMatchObject({
      lhs: { param: { val: '1' }, expr: { type: 'unaryExpr', op: '-', expr: { type: 'parenExpr' } } },
      rhs: { timestamp: 1000 },
      matching: { card: 'many-to-one', on: true, labels: ['a'], include: ['b'] },
    });
    expect(syntaxTree(parse(texts[3] as string))).toMatchObject({ func: { variadic: -1 } });
  });
});

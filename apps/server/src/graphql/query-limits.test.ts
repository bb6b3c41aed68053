import { buildSchema, parse, validate } from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../testing/start-server.js';
import { startServer } from '../testing/start-server.js';
import { queryLimitsRule } from './query-limits.js';

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../../schema.graphql'), 'utf8'));
const faults = (text: string): readonly string[] =>
  validate(schema, parse(text), [queryLimitsRule]).map((fault) => fault.message);

/** `{ alert { history(last: 1) { alert ... } } }`, so many fields deep. */
function deep(depth: number): string {
  const names = Array.from({ length: depth - 2 }, (_, i) => (i % 2 === 0 ? 'history(last: 1)' : 'alert'));
  return `{ alert(id: "a") { ${names.join(' { ')} { __typename } ${'}'.repeat(names.length - 1)} } }`;
}

describe('queryLimitsRule', () => {
  it('lets 12 levels pass, and no more', () => {
    expect(faults('{ alert(id: "a") { history { alert { id } } } }')).toEqual([]);
    expect(faults(deep(13))).toEqual([]);
    expect(faults(deep(14))).toEqual(['The operation is too large: depth 13, at most 12']);
  });

  it('counts through fragments', () => {
    const fragments = Array.from(
      { length: 14 },
      (_, i) => `fragment F${i} on Alert { history(last: 1) { alert { ${i === 13 ? 'id' : `...F${i + 1}`} } } }`,
    );
    expect(faults(`{ alert(id: "a") { ...F0 } } ${fragments.join('\n')}`)[0]).toContain('depth');
  });

  it('lets 30 aliases pass, and no more', () => {
    const aliased = (count: number): string =>
      `{ ${Array.from({ length: count }, (_, i) => `a${i}: __typename`).join(' ')} }`;
    expect(faults(aliased(30))).toEqual([]);
    expect(faults(aliased(31))).toEqual(['The operation is too large: aliases 31, at most 30']);
  });

  it('lets 50 directives pass, and no more', () => {
    const directives = (count: number): string => `{ health { status ${'@include(if: true) '.repeat(count)} } }`;
    expect(faults(directives(50))).toEqual([]);
    expect(faults(directives(51))).toEqual(['The operation is too large: directives 51, at most 50']);
  });

  it('lets 5 evaluations pass, and no more, whatever they are called and wherever they stand', () => {
    const metrics = (count: number): string =>
      Array.from({ length: count }, (_, i) => `m${i}: metric(query: "up") { __typename }`).join(' ');
    const others = 'metricsSummary { completeness } ... on Query { ...F } alerts { totalCount }';
    const range =
      'fragment F on Query { metricRange(query: "up", from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", step: "1m") { __typename } }';
    expect(faults(`{ ${metrics(5)} }`)).toEqual([]);
    expect(faults(`{ ${metrics(3)} ${others} } ${range}`)).toEqual([]);
    const message =
      'The operation asks 6 times for backtestRule, metric, metricRange, metricsSummary, at most 5 together; send the others after it';
    expect(faults(`{ ${metrics(6)} }`)).toEqual([message]);
    expect(faults(`{ ${metrics(4)} ${others} } ${range}`)).toEqual([message]);
  });

  it('refuses lists in lists in lists, however they are sized', () => {
    expect(faults('{ alerts(first: 200) { edges { node { id history { at kind by note } } } } }')).toEqual([]);
    const nested = (argument: string): string =>
      `query($n: Int) { alerts(first: 200) { edges { node { history${argument} { alert { history${argument} { at alert { id } } } } } } } }`;
    for (const argument of ['', '(last: 1000)', '(last: $n)']) expect(faults(nested(argument))[0]).toContain('nodes');
  });

  it('leaves introspection to the limit of graphql-js', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    expect(faults(getIntrospectionQuery())).toEqual([]);
  });

  it('ends for fragments that go in circles', () => {
    expect(
      faults(
        '{ alert(id: "a") { ...A } } fragment A on Alert { history { alert { ...B } } } fragment B on Alert { ...A }',
      ),
    ).toEqual([]);
  });

  it('measures fragments that double with every level at once', () => {
    const levels = Array.from(
      { length: 60 },
      (_, i) => `fragment F${i} on Alert { ${i === 59 ? 'x: id' : `...F${i + 1} ...F${i + 1}`} }`,
    );
    expect(faults(`{ alert(id: "a") { ...F0 } } ${levels.join(' ')}`)[0]).toContain('aliases');
  });

  it('never throws, whatever fields a document asks for', () => {
    const field = fc.letrec<{ field: string }>((tie) => ({
      field: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom(
          'id',
          'nothing',
          '__typename',
          '...F',
          '... { id }',
          '... on Alert { id }',
          '... on Nothing { id }',
        ),
        fc
          .tuple(
            fc.constantFrom('alerts', 'edges', 'node', 'history(last: -5)', 'x: history(last: 99999999999)'),
            tie('field'),
          )
          .map(([name, inside]) => `${name} { ${inside} }`),
      ),
    })).field;
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), (fields) => {
        faults(`{ ${fields.join(' ')} } fragment F on Alert { ${fields.join(' ')} }`);
      }),
      { numRuns: 500 },
    );
  });
});

describe('hostile documents', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer();
  });
  afterAll(() => running.close());

  it.each([
    ['too many tokens', `{ ${'health { status } '.repeat(600)} }`, 'GRAPHQL_PARSE_FAILED'],
    ['too deep', deep(14), 'GRAPHQL_VALIDATION_FAILED'],
    [
      'too many aliases',
      `{ ${Array.from({ length: 100 }, (_, i) => `a${i}: __typename`).join(' ')} }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'deep introspection',
      `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'too many evaluations',
      `{ ${Array.from({ length: 6 }, (_, i) => `a${i}: metric(query: "up") { __typename }`).join(' ')} }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['circular fragments', '{ ...A } fragment A on Query { ...A }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('are refused before anything runs: %s', async (_what, query, code) => {
    const answer = await running.graphql(query);
    expect(answer.data).toBeUndefined();
    expect(answer.errors?.[0]?.extensions['code']).toBe(code);
  });
});

import { describe, expect, it } from 'vitest';
import { english } from '../messages/english.js';
import { korean } from '../messages/korean.js';
import { RecordingTerminal } from '../testing/recording-terminal.js';
import type { QueryArguments } from './query-arguments.js';
import { queryCommand } from './query-command.js';

const now = Date.parse('2026-01-31T09:30:00Z');
const success = (data: unknown, more: object = {}): object => ({ status: 'success', data, ...more });
const vector = success({
  resultType: 'vector',
  result: [{ metric: { __name__: 'exchange_feed_age_seconds', exchange: 'binance' }, value: [now / 1000, '0.25'] }],
});
const metadata = success({
  exchange_feed_age_seconds: [{ type: 'gauge', unit: 's', otelName: 'exchange.feed.age' }],
});

async function run(answers: readonly unknown[], args: QueryArguments = {}, expression = 'x', width?: number) {
  const terminal = new RecordingTerminal();
  terminal.outWidth = width;
  const asked: string[] = [];
  const request = (path: string, init: RequestInit = {}): Promise<Response> => {
    asked.push(`${path} ${typeof init.body === 'string' ? init.body : ''}`.trim());
    const answer = answers[asked.length - 1];
    return Promise.resolve(new Response(typeof answer === 'string' ? answer : JSON.stringify(answer)));
  };
  const code = await queryCommand({
    ...{ expression, args, terminal, messages: english },
    clock: { now: () => now },
    findServer: async () => ({ url: 'http://tapewatch', request }),
  });
  return { code, asked, out: terminal.outLines, error: terminal.errorLines };
}

describe('queryCommand', () => {
  it('prints a vector as a table, with both names of the metric', async () => {
    expect(await run([vector, metadata])).toEqual({
      code: 0,
      asked: ['/api/v1/query query=x', '/api/v1/metadata'],
      out: [
        'Series                                         Value  Time',
        'exchange_feed_age_seconds{exchange="binance"}  0.25   2026-01-31T09:30:00.000Z',
        'exchange_feed_age_seconds = exchange.feed.age (gauge, s)',
      ],
      error: [],
    });
  });

  it('cuts the labels to the width of the terminal', async () => {
    const { out } = await run([vector, metadata], {}, 'x', 60);
    expect(out[1]).toBe('exchange_feed_age_seconds{…  0.25   2026-01-31T09:30:00.000Z');
  });

  it('prints a stretch with its least, greatest and last value and its course', async () => {
    const values = Array.from({ length: 24 }, (_, i) => [now / 1000 - 24 + i, String(i % 8)]);
    const matrix = success({ resultType: 'matrix', result: [{ metric: { a: 'b' }, values }] });
    const { out, asked } = await run([matrix, metadata], { from: '24s', step: '1s' });
    expect(asked[0]).toBe(`/api/v1/query_range query=x&start=${now / 1000 - 24}&end=${now / 1000}&step=1`);
    expect(out[1]).toBe(`{a="b"}  24      0    7    7     ${'▁▂▃▄▅▆▇█'.repeat(3)}`);
  });

  it('leaves a place blank only where there is no value', async () => {
    const values = [0, 1, 3].map((i) => [now / 1000 - 3 + i, String(i)]);
    const matrix = success({ resultType: 'matrix', result: [{ metric: { a: 'b' }, values }] });
    const { out } = await run([matrix, metadata], { from: '3s', step: '1s' });
    expect(out[1]).toBe('{a="b"}  3       0    3    3     ▁▃ █');
  });

  it('asks for an hour, about 240 points, and for the times that are given', async () => {
    const empty = success({ resultType: 'matrix', result: [] });
    const rangeOf = async (args: QueryArguments) => (await run([empty], args)).asked[0]?.replace(/^.*x&/, '');
    expect(await rangeOf({ to: '2026-01-31T09:00Z' })).toBe('start=1769846400&end=1769850000&step=15');
    expect(await rangeOf({ from: '2026-01-31', to: '1769850000', step: '60' })).toBe(
      'start=1769817600&end=1769850000&step=60',
    );
    expect((await run([vector, metadata], { at: '5m' })).asked[0]).toBe('/api/v1/query query=x&time=1769851500');
  });

  it('points at the place where the expression goes wrong', async () => {
    const error = 'invalid parameter "query": 2:10: parse error: an expression was expected';
    const refused = { status: 'error', errorType: 'bad_data', error };
    expect(await run([refused], {}, 'up\n{a="한"} +')).toMatchObject({
      code: 2,
      out: [],
      error: ['{a="한"} +', '        ^', 'parse error: an expression was expected'],
    });
  });

  it('fails with what the server says when it cannot answer', async () => {
    const refused = { status: 'error', errorType: 'execution', error: 'many-to-many matching' };
    expect(await run([refused])).toMatchObject({ code: 1, out: [], error: ['many-to-many matching'] });
    expect(await run(['<html>'])).toMatchObject({ code: 1, error: [expect.stringContaining('SERVER_UNREACHABLE')] });
  });

  it('prints notes where they disturb no table, and nothing where there is nothing', async () => {
    const empty = success({ resultType: 'vector', result: [] }, { warnings: ['PromQL warning: w'], infos: ['i'] });
    expect(await run([empty])).toMatchObject({ code: 0, out: [], error: ['No series.', 'PromQL warning: w', 'i'] });
  });

  it('prints scalars and strings, and lets no label move the cursor', async () => {
    const at = now / 1000;
    expect((await run([success({ resultType: 'scalar', result: [at, '3'] }), metadata])).out).toEqual([
      'Value  Time',
      '3      2026-01-31T09:30:00.000Z',
    ]);
    expect((await run([success({ resultType: 'string', result: [at, 'a\u001b[2J'] }), metadata])).out).toEqual([
      'a\\u001b[2J',
    ]);
    const odd = success({ resultType: 'vector', result: [{ metric: { a: '\u009b2J' }, value: [at, '1'] }] });
    expect((await run([odd, metadata])).out[1]).toMatch(/^\{a="\\u009b2J"\} /);
  });

  it('prints the JSON of the API as it came', async () => {
    expect(await run([vector], { json: true })).toMatchObject({ code: 0, out: [JSON.stringify(vector)], error: [] });
  });

  it.each<[QueryArguments, string]>([
    [{ at: '5m', step: '1s' }, english.query.atOrRange],
    [{ from: '5m', to: '10m' }, english.query.order],
    [{ at: 'yesterday' }, english.query.notTime('--at', 'yesterday')],
    [{ step: 'x' }, english.query.notStep('x')],
    [{ step: '0' }, english.query.notStep('0')],
  ])('refuses %j', async (args, error) => {
    expect(await run([], args)).toEqual({ code: 2, asked: [], out: [], error: [error] });
  });

  it('has titles in Korean', () => {
    expect(Object.keys(korean.query.columns)).toEqual(Object.keys(english.query.columns));
  });
});

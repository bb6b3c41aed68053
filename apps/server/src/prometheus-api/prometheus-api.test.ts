import type { CommandResult } from '@tapewatch/model';
import { accepted, Labels, refused } from '@tapewatch/model';
import type { MetricResult } from '@tapewatch/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../testing/start-server.js';
import { bearer, startServer } from '../testing/start-server.js';

const start = Date.parse('2026-01-31T09:30:00Z');

describe('Prometheus HTTP API', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer();
  });
  afterAll(() => running.close());

  const get = async (path: string): Promise<{ status: number; body: unknown }> => {
    const answer = await running.fetch(`/api/v1/${path}`);
    return { status: answer.status, body: await answer.json() };
  };
  const post = async (path: string, form: string): Promise<{ status: number; body: unknown }> => {
    const headers = { ...bearer, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await running.fetch(`/api/v1/${path}`, { method: 'POST', headers, body: form });
    return { status: answer.status, body: await answer.json() };
  };

  it('answers an instant query as a vector of text values', async () => {
    const expected = {
      status: 200,
      body: {
        status: 'success',
        data: { resultType: 'vector', result: [{ metric: { venue: 'binance' }, value: [1769851800.5, '1'] }] },
      },
    };
    expect(await get('query?query=up&time=1769851800.5')).toEqual(expected);
    expect(await post('query', 'query=up&time=2026-01-31T09%3A30%3A00.5Z')).toEqual(expected);
    expect(await post('query?time=1769851800.5', 'query=up')).toEqual(expected);
  });

  it('answers a range query as a matrix, special numbers by name', async () => {
    expect(await get(`query_range?query=up&start=${start / 1000}&end=${start / 1000 + 3}&step=1`)).toMatchObject({
      status: 200,
      body: {
        data: {
          resultType: 'matrix',
          result: [{ values: ['1', 'NaN', '+Inf', '-Inf'].map((text, i) => [start / 1000 + i, text]) }],
        },
      },
    });
    expect(await post('query_range', `query=up&start=${start / 1000}&end=${start / 1000 + 60}&step=30s`)).toMatchObject(
      { status: 200, body: { data: { result: [{ values: { length: 3 } }] } } },
    );
  });

  it.each([
    ['query?query=sum(', 400, 'bad_data', 'invalid parameter "query": 1:5: parse error: an expression was expected'],
    ['query?query=up&time=yesterday', 400, 'bad_data', 'invalid parameter "time": cannot parse "yesterday"'],
    ['query?query=up&timeout=soon', 400, 'bad_data', 'invalid parameter "timeout": cannot parse "soon"'],
    ['query?query=up&limit=-1', 400, 'bad_data', 'invalid parameter "limit"'],
    ['query_range?query=up&start=2&end=1&step=1', 400, 'bad_data', 'end timestamp must not be before start time'],
    ['query_range?query=up&start=1&end=2&step=0', 400, 'bad_data', 'zero or negative query resolution step'],
    ['query_range?query=up&start=0&end=11001&step=1', 400, 'bad_data', 'exceeded maximum resolution of 11,000'],
    ['query_range?query=up&end=2&step=1', 400, 'bad_data', 'invalid parameter "start": cannot parse ""'],
    ['series', 400, 'bad_data', 'no match[] parameter provided'],
    ['series?match[]={', 400, 'bad_data', 'invalid parameter "match[]"'],
    ['rules?type=other', 400, 'bad_data', 'not supported value "other"'],
  ])('refuses %s', async (path, status, errorType, error) => {
    expect(await get(path)).toMatchObject({
      status,
      body: { status: 'error', errorType, error: expect.stringContaining(error) as string },
    });
  });

  it.each([
    [refused('QUERY_FAILED', 'many-to-many', '1:1'), 422, 'execution'],
    [refused('QUERY_LIMIT', 'too slow', 'deadline'), 503, 'timeout'],
    [refused('QUERY_LIMIT', 'too many', 'maxSamples'), 422, 'execution'],
    [refused('UNAVAILABLE', 'busy'), 503, 'unavailable'],
  ] as const)('tells what the pipeline refused: %j', async (refusal, status, errorType) => {
    const query = running.pipeline.read.query;
    running.pipeline.read.query = () => refusal as CommandResult<MetricResult>;
    expect(await get('query?query=up')).toMatchObject({ status, body: { status: 'error', errorType } });
    running.pipeline.read.query = query;
  });

  it('hands lookback and timeout on', async () => {
    const query = running.pipeline.read.query;
    const seen: unknown[] = [];
    running.pipeline.read.query = (_text, _at, options) => {
      seen.push(options);
      return accepted({ kind: 'scalar', at: start, series: [], warnings: ['w'], infos: ['i'] });
    };
    expect(await get('query?query=1&lookback_delta=10s&timeout=0.5')).toMatchObject({
      body: { data: { resultType: 'scalar' }, warnings: ['w'], infos: ['i'] },
    });
    expect(seen).toEqual([{ lookbackMs: 10_000, timeoutMs: 500 }]);
    running.pipeline.read.query = query;
  });

  it('streams an answer of many megabytes whole', async () => {
    const queryRange = running.pipeline.read.queryRange;
    const times = Float64Array.from({ length: 10_000 }, (_, i) => start + i * 1000);
    const series = Array.from({ length: 30 }, (_, i) => ({
      labels: Labels.of({ n: String(i) }),
      times,
      values: times.map((at) => at / 7),
    }));
    running.pipeline.read.queryRange = () => accepted({ kind: 'matrix', at: start, series, warnings: [], infos: [] });
    const { body } = await get(`query_range?query=x&start=0&end=1&step=1`);
    running.pipeline.read.queryRange = queryRange;
    const { result } = (body as { data: { result: { values: [number, string][] }[] } }).data;
    expect(result).toHaveLength(30);
    expect(result[29]?.values).toHaveLength(10_000);
    expect(Number(result[29]?.values[9_999]?.[1])).toBe((start + 9_999_000) / 7);
  });

  it('cuts at a limit and says so', async () => {
    expect(await get('series?match[]=up&limit=1')).toMatchObject({
      body: { data: { length: 1 }, warnings: ['results truncated due to limit'] },
    });
    expect(await get('labels?limit=0')).toEqual({
      status: 200,
      body: { status: 'success', data: ['__name__', 'odd.name', 'venue'] },
    });
  });

  it('lists series, label values and metadata', async () => {
    expect(await post('series', 'match[]=exchange_up&match[]=up')).toMatchObject({
      body: { data: [{ venue: 'kraken' }, { __name__: 'exchange_up', venue: 'binance' }] },
    });
    expect(await get('label/venue/values')).toMatchObject({ body: { data: ['binance', 'kraken'] } });
    expect(await get('label/odd.name/values')).toMatchObject({ body: { data: ['x'] } });
    expect(await get('label/U__odd_2e_name/values')).toMatchObject({ body: { data: ['x'] } });
    expect(await get('metadata?metric=exchange_up')).toMatchObject({
      body: { data: { exchange_up: [{ type: 'gauge', help: 'Whether it answers.', otelName: 'exchange.up' }] } },
    });
    expect(await get('metadata?limit=1')).toMatchObject({ body: { data: { exchange_up: [{}] } } });
  });

  it('lays queries out and takes them apart', async () => {
    const formatted = { status: 200, body: { status: 'success', data: 'up > 0\n' } };
    expect(await get('format_query?query=up%20%3E%200')).toEqual(formatted);
    expect(await post('format_query', 'query=up+%3E+0')).toEqual(formatted);
    const parsed = { status: 200, body: { status: 'success', data: { type: 'vectorSelector', name: 'up' } } };
    expect(await get('parse_query?query=up')).toEqual(parsed);
    expect(await post('parse_query', 'query=up')).toEqual(parsed);
    for (const path of ['format_query', 'parse_query']) {
      expect(await get(`${path}?query=sum(`)).toMatchObject({
        status: 400,
        body: {
          errorType: 'bad_data',
          error: 'invalid parameter "query": 1:1: parse error: an expression was expected',
        },
      });
    }
  });

  it('lists rules and alerts as Prometheus does', async () => {
    const { body } = await get('rules');
    expect(body).toMatchObject({
      status: 'success',
      data: { groups: [{ rules: [{ type: 'alerting', health: expect.any(String) as string }] }] },
    });
    expect(await get('rules?type=record')).toMatchObject({ body: { data: { groups: [] } } });
    expect(await get('rules?rule_name[]=NoSuch')).toMatchObject({ body: { data: { groups: [] } } });
    expect(await get('alerts')).toMatchObject({
      body: { data: { alerts: [{ value: expect.stringMatching(/e[+-]\d\d$/) as string }] } },
    });
  });

  it('says which API it speaks, and shows the configuration', async () => {
    expect(await get('status/buildinfo')).toMatchObject({
      body: { data: { version: '3.0.0', application: 'Tapewatch', applicationVersion: '0.1.0' } },
    });
    expect(await get('status/config')).toMatchObject({ body: { data: { yaml: 'log:\n  level: info\n' } } });
  });
});

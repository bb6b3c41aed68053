import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tick } from '@tapewatch/model';
import { createMatcher } from '@tapewatch/promql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeHistoryReader, describeTotalsReader } from '../testing/history-reader-contract.js';
import { findPrometheus, startPrometheus, type RealPrometheus } from '../testing/real-prometheus.js';
import { PrometheusClient } from './prometheus-client.js';
import { PrometheusHistory } from './prometheus-history.js';

const { file, reason } = findPrometheus();

function historyAt(url: string, headers: Record<string, string> = {}, timeoutMs = 10_000): PrometheusHistory {
  const client = new PrometheusClient({ url, headers, timeoutMs, fetch });
  return new PrometheusHistory({ client, beat: 'a_price{venue="one"}' });
}

describe('a real Prometheus', { timeout: 60_000 }, () => {
  let prometheus: RealPrometheus | undefined;
  let written = false;
  beforeAll(async () => {
    if (file !== undefined) prometheus = await startPrometheus(file);
  }, 60_000);
  afterAll(() => prometheus?.stop());

  it.skipIf(file === undefined)(`runs${reason === '' ? '' : `: ${reason}`}`, () => {
    expect(prometheus?.url).toMatch(/^http/);
  });

  describe.skipIf(file === undefined)('written to over OTLP', () => {
    const filled = async (ticks: readonly Tick[]): Promise<PrometheusHistory> => {
      const { url } = prometheus as RealPrometheus;
      if (!written) await write(url, ticks);
      written = true;
      return historyAt(url);
    };
    describeHistoryReader('a Prometheus-compatible backend', filled, { marksEnds: false, knowsOtelNames: false });
    describeTotalsReader('a Prometheus-compatible backend', filled);
  });
});

async function write(url: string, ticks: readonly Tick[]): Promise<void> {
  const points = ticks.flatMap(({ at, series, values }) =>
    series.map(({ labels }, i) => ({
      timeUnixNano: String(BigInt(at) * 1_000_000n),
      asDouble: values[i],
      attributes: [{ key: 'venue', value: { stringValue: labels.get('venue') } }],
    })),
  );
  const metric = { name: 'a.price', unit: '{quote}', description: 'A price.', gauge: { dataPoints: points } };
  // JSON.stringify would make 0 of -0.
  const minusZero = (_key: string, value: unknown): unknown => (Object.is(value, -0) ? 'minus zero' : value);
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }, minusZero).replaceAll(
    '"minus zero"',
    '-0',
  );
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/otlp/v1/metrics`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  await sleep(100);
}

describe('PrometheusHistory', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const prices = [createMatcher('__name__', '=', 'a_price')];

  async function standIn(
    answer: (path: string, headers: Record<string, unknown>) => { status?: number; body: string },
  ): Promise<string> {
    server = createServer((request, response) => {
      const { status = 200, body } = answer(request.url ?? '', request.headers);
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('sends credentials and tenant, below the path of its address', async () => {
    const seen: unknown[] = [];
    const url = await standIn((path, headers) => {
      seen.push([path, headers['authorization'], headers['x-scope-orgid']]);
      return { body: '{"status":"success","data":{"resultType":"vector","result":[]}}' };
    });
    const history = historyAt(`${url}/prometheus/`, { Authorization: 'Bearer x', 'X-Scope-OrgID': 'desk' });
    expect(await history.completeness(0, 60_000)).toBe(0);
    expect(seen).toEqual([['/prometheus/api/v1/query', 'Bearer x', 'desk']]);
  });

  it.each([
    [
      { status: 422, body: '{"status":"error","errorType":"execution","error":"too many samples"}' },
      'refuses: too many samples',
    ],
    [{ status: 401, body: 'no' }, 'answers with status 401'],
    [{ status: 200, body: '<html>' }, 'not as Prometheus does'],
    [{ status: 200, body: '{"status":"success","data":{"result":7}}' }, 'no list of series'],
  ])('says what the backend did wrong: %j', async (answer, message) => {
    const url = await standIn(() => answer);
    await expect(historyAt(url).source([prices], 0, 1000, 'raw')).rejects.toThrow(message);
  });

  it('says that nobody answers', async () => {
    await expect(historyAt('http://127.0.0.1:1').source([prices], 0, 1000, 'raw')).rejects.toThrow('does not answer');
  });
});

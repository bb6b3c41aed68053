import { gzipSync } from 'node:zlib';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  InstrumentType,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson } from './decode-json.js';
import { decodeProtobuf } from './decode-protobuf.js';
import { MalformedRequestError } from './pushed-request.js';

const second = (seconds: number, nanoseconds = 0): [number, number] => [seconds, nanoseconds];
const times = { startTime: second(1_700_000_000), endTime: second(1_700_000_001, 500_000_000) };
const descriptor = (name: string, unit = '') => ({
  name,
  unit,
  description: `About ${name}.`,
  type: InstrumentType.GAUGE,
  valueType: 1,
  advice: {},
});

function requestOf(metrics: readonly MetricData[]): ResourceMetrics {
  return {
    resource: resourceFromAttributes({ 'service.name': 'bot', cpus: 4, live: true, zones: ['a', 'b'], share: 0.25 }),
    scopeMetrics: [{ scope: { name: 'test' }, metrics: [...metrics] }],
  };
}

const gauge = (value: number): MetricData => ({
  descriptor: descriptor('bot.profit', '{quote}'),
  dataPointType: DataPointType.GAUGE,
  aggregationTemporality: AggregationTemporality.CUMULATIVE,
  dataPoints: [{ ...times, attributes: { pair: 'BTC/USDT' }, value }],
});

const histogram: MetricData = {
  descriptor: descriptor('order.duration', 's'),
  dataPointType: DataPointType.HISTOGRAM,
  aggregationTemporality: AggregationTemporality.DELTA,
  dataPoints: [
    {
      ...times,
      attributes: {},
      value: { buckets: { boundaries: [0.1, 1], counts: [3, 2, 1] }, sum: 4.5, count: 6, min: 0, max: 2 },
    },
  ],
};

describe.each([
  [
    'protobuf',
    (request: ResourceMetrics) => decodeProtobuf(ProtobufMetricsSerializer.serializeRequest(request) as Uint8Array),
  ],
  [
    'JSON',
    (request: ResourceMetrics) =>
      decodeJson(Buffer.from(JsonMetricsSerializer.serializeRequest(request) as Uint8Array).toString()),
  ],
])('a request of the OpenTelemetry SDK in %s', (_name, decode) => {
  it('comes back as it was sent', () => {
    const sum: MetricData = {
      ...gauge(7),
      descriptor: descriptor('bot.orders', '{order}'),
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
    } as MetricData;
    expect(decode(requestOf([gauge(1.5), sum, histogram]))).toEqual({
      resources: [
        {
          attributes: { 'service.name': 'bot', cpus: 4, live: true, zones: ['a', 'b'], share: 0.25 },
          metrics: [
            {
              name: 'bot.profit',
              unit: '{quote}',
              description: 'About bot.profit.',
              kind: 'gauge',
              points: [point({ attributes: { pair: 'BTC/USDT' }, value: 1.5 })],
            },
            {
              name: 'bot.orders',
              unit: '{order}',
              description: 'About bot.orders.',
              kind: 'sum',
              monotonic: true,
              temporality: 'cumulative',
              points: [point({ attributes: { pair: 'BTC/USDT' }, value: 7 })],
            },
            {
              name: 'order.duration',
              unit: 's',
              description: 'About order.duration.',
              kind: 'histogram',
              temporality: 'delta',
              points: [point({ attributes: {}, count: 6, sum: 4.5, buckets: [3, 2, 1], bounds: [0.1, 1] })],
            },
          ],
        },
      ],
    });
  });

  it('keeps every finite number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const [metric] = decode(requestOf([gauge(value)])).resources[0]?.metrics ?? [];
        expect(metric).toMatchObject({
          points: [{ value: Object.is(value, -0) ? (expect.anything() as number) : value }],
        });
      }),
      { numRuns: 200 },
    );
  });
});

function point(more: object): object {
  return { timeMs: 1_700_000_001_500, startMs: 1_700_000_000_000, ended: false, ...more };
}

describe('decodeProtobuf', () => {
  it('refuses what is no message, and never fails otherwise', () => {
    const whole = ProtobufMetricsSerializer.serializeRequest(requestOf([gauge(1), histogram])) as Uint8Array;
    const survive = (bytes: Uint8Array): void => {
      try {
        decodeProtobuf(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedRequestError);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survive), { numRuns: 2000 });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const changed = Uint8Array.from(whole);
        changed[at] = byte;
        survive(changed);
        survive(whole.subarray(0, at));
      }),
      { numRuns: 2000 },
    );
    expect(() => decodeProtobuf(gzipSync(whole))).toThrow(MalformedRequestError);
  });

  it('takes an empty request', () => {
    expect(decodeProtobuf(new Uint8Array(0))).toEqual({ resources: [] });
  });
});

describe('decodeJson', () => {
  it.each([
    ['', 'the body is no JSON'],
    ['[]', 'the body must be an object, not a list'],
    ['{"resourceMetrics":{}}', 'resourceMetrics must be a list, not a object'],
    [
      '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{"dataPoints":[{"asDouble":"x"}]}}]}]}]}',
      'resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[0].asDouble must be a number, not a string',
    ],
  ])('names the place of the fault in %s', (body, message) => {
    expect(() => decodeJson(body)).toThrow(message);
  });

  it('reads 64-bit integers as text and number, and special values by name', () => {
    const points = '[{"asInt":"9007199254740993"},{"asInt":5},{"asDouble":"Infinity"},{"flags":1},{"unknown":[1]}]';
    const body = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"x","gauge":{"dataPoints":${points}}}]}]}]}`;
    expect(decodeJson(body).resources[0]?.metrics[0]?.points).toMatchObject([
      { value: 9007199254740992 },
      { value: 5 },
      { value: Infinity },
      { ended: true },
      { value: NaN },
    ]);
  });

  it('never fails but by MalformedRequestError', () => {
    fc.assert(
      fc.property(fc.json(), (body) => {
        try {
          decodeJson(`{"resourceMetrics":[{"resource":${body},"scopeMetrics":[{"metrics":[${body}]}]}]}`);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedRequestError);
        }
      }),
    );
  });
});

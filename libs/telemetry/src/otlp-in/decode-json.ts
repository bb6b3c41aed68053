import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type {
  HistogramPoint,
  NumberPoint,
  PushedMetric,
  PushedPoint,
  PushedRequest,
  SummaryPoint,
  Temporality,
} from './pushed-request.js';
import { MalformedRequestError, noRecordedValue } from './pushed-request.js';

type Json = Readonly<Record<string, unknown>>;

const deepest = 20;

/**
 * Reads an ExportMetricsServiceRequest in OTLP's JSON encoding: lowerCamelCase names, 64-bit integers as text or number, enums
 * as numbers, unknown fields passed over. Throws MalformedRequestError with the path of the fault.
 */
export function decodeJson(body: string): PushedRequest {
  const root = record(parsed(body), 'the body');
  const resources = each(root, 'resourceMetrics', '', (resource, path) => ({
    attributes: attributesOf(child(resource, 'resource', path), `${path}.resource`),
    metrics: each(resource, 'scopeMetrics', path, (scope, at) => each(scope, 'metrics', at, readMetric)).flat(),
  }));
  return { resources };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new MalformedRequestError(`the body is no JSON: ${(error as Error).message}`);
  }
}

function readMetric(metric: Json, path: string): PushedMetric {
  const described = {
    name: text(metric, 'name', path),
    unit: text(metric, 'unit', path),
    description: text(metric, 'description', path),
  };
  const data = (name: string): Json | undefined =>
    metric[name] === undefined || metric[name] === null ? undefined : record(metric[name], `${path}.${name}`);
  const gauge = data('gauge');
  if (gauge !== undefined) {
    return { ...described, kind: 'gauge', points: each(gauge, 'dataPoints', `${path}.gauge`, numberPoint) };
  }
  const sum = data('sum');
  if (sum !== undefined) {
    return {
      ...described,
      kind: 'sum',
      points: each(sum, 'dataPoints', `${path}.sum`, numberPoint),
      temporality: temporalityOf(sum, `${path}.sum`),
      monotonic: sum['isMonotonic'] === true,
    };
  }
  const histogram = data('histogram');
  if (histogram !== undefined) {
    return {
      ...described,
      kind: 'histogram',
      points: each(histogram, 'dataPoints', `${path}.histogram`, histogramPoint),
      temporality: temporalityOf(histogram, `${path}.histogram`),
    };
  }
  const summary = data('summary');
  if (summary !== undefined) {
    return { ...described, kind: 'summary', points: each(summary, 'dataPoints', `${path}.summary`, summaryPoint) };
  }
  const exponential = data('exponentialHistogram');
  if (exponential === undefined) return { ...described, kind: 'none', points: [] };
  return { ...described, kind: 'exponential_histogram', points: list(exponential, 'dataPoints', path) };
}

const temporalities: Readonly<Record<string, Temporality>> = {
  0: 'unspecified',
  1: 'delta',
  2: 'cumulative',
  // Names are not OTLP's JSON, but some send what protobuf's own JSON mapping gives.
  AGGREGATION_TEMPORALITY_DELTA: 'delta',
  AGGREGATION_TEMPORALITY_CUMULATIVE: 'cumulative',
};

function temporalityOf(data: Json, path: string): Temporality {
  const value = data['aggregationTemporality'];
  if (value === undefined || value === null) return 'unspecified';
  if (typeof value !== 'number' && typeof value !== 'string')
    throw fault(`${path}.aggregationTemporality`, 'a number', value);
  return temporalities[String(value)] ?? 'unspecified';
}

function numberPoint(point: Json, path: string): NumberPoint {
  const value = point['asDouble'] ?? point['asInt'];
  return {
    ...pointBase(point, path),
    value: value === undefined || value === null ? Number.NaN : number(value, `${path}.asDouble`),
  };
}

function histogramPoint(point: Json, path: string): HistogramPoint {
  const sum = point['sum'];
  return {
    ...pointBase(point, path),
    count: number(point['count'] ?? 0, `${path}.count`),
    ...(sum === undefined || sum === null ? {} : { sum: number(sum, `${path}.sum`) }),
    buckets: list(point, 'bucketCounts', path).map((count, i) => number(count, `${path}.bucketCounts[${i}]`)),
    bounds: list(point, 'explicitBounds', path).map((bound, i) => number(bound, `${path}.explicitBounds[${i}]`)),
  };
}

function summaryPoint(point: Json, path: string): SummaryPoint {
  return {
    ...pointBase(point, path),
    count: number(point['count'] ?? 0, `${path}.count`),
    sum: number(point['sum'] ?? 0, `${path}.sum`),
    quantiles: each(point, 'quantileValues', path, (one, at) => ({
      quantile: number(one['quantile'] ?? 0, `${at}.quantile`),
      value: number(one['value'] ?? 0, `${at}.value`),
    })),
  };
}

function pointBase(point: Json, path: string): PushedPoint {
  return {
    attributes: attributesOf(point, path),
    timeMs: milliseconds(point['timeUnixNano'], `${path}.timeUnixNano`),
    startMs: milliseconds(point['startTimeUnixNano'], `${path}.startTimeUnixNano`),
    ended: number(point['flags'] ?? 0, `${path}.flags`) % 2 === noRecordedValue,
  };
}

function milliseconds(value: unknown, path: string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return Number(BigInt(value) / 1_000_000n);
  if (typeof value === 'number' && value >= 0) return Math.floor(value / 1_000_000);
  throw fault(path, 'nanoseconds as a whole number', value);
}

const special: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

function number(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value in special) return special[value] as number;
  if (typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)) return Number(value);
  throw fault(path, 'a number', value);
}

function attributesOf(owner: Json, path: string): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  each(owner, 'attributes', path, (pair, at) => {
    const key = text(pair, 'key', at);
    const value = anyValue(pair['value'], `${at}.value`, 0);
    Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true, writable: true });
  });
  return attributes;
}

function anyValue(value: unknown, path: string, depth: number): unknown {
  if (depth > deepest) throw new MalformedRequestError(`${path} is nested too deeply`);
  if (value === undefined || value === null) return '';
  const given = record(value, path);
  if (given['stringValue'] !== undefined) return text(given, 'stringValue', path);
  if (given['boolValue'] !== undefined) return given['boolValue'] === true;
  if (given['intValue'] !== undefined) return number(given['intValue'], `${path}.intValue`);
  if (given['doubleValue'] !== undefined) return number(given['doubleValue'], `${path}.doubleValue`);
  if (given['bytesValue'] !== undefined) return text(given, 'bytesValue', path);
  if (given['arrayValue'] !== undefined) {
    const values = list(child(given, 'arrayValue', path), 'values', `${path}.arrayValue`);
    return values.map((one, i) => anyValue(one, `${path}.arrayValue.values[${i}]`, depth + 1));
  }
  if (given['kvlistValue'] !== undefined) {
    const map: Record<string, unknown> = {};
    each(child(given, 'kvlistValue', path), 'values', `${path}.kvlistValue`, (pair, at) => {
      const inner = anyValue(pair['value'], `${at}.value`, depth + 1);
      const key = text(pair, 'key', at);
      Object.defineProperty(map, key, { value: inner, enumerable: true, configurable: true, writable: true });
    });
    return map;
  }
  return '';
}

function each<T>(owner: Json, name: string, path: string, read: (item: Json, path: string) => T): readonly T[] {
  return list(owner, name, path).map((item, i) => {
    const at = `${path === '' ? '' : `${path}.`}${name}[${i}]`;
    return read(record(item, at), at);
  });
}

function list(owner: Json, name: string, path: string): readonly unknown[] {
  const value = owner[name];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as readonly unknown[];
  throw fault(`${path === '' ? '' : `${path}.`}${name}`, 'a list', value);
}

function child(owner: Json, name: string, path: string): Json {
  const value = owner[name];
  return value === undefined || value === null ? {} : record(value, `${path}.${name}`);
}

function record(value: unknown, path: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw fault(path, 'an object', value);
}

function text(owner: Json, name: string, path: string): string {
  const value = owner[name];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw fault(`${path}.${name}`, 'text', value);
}

function fault(path: string, wanted: string, found: unknown): MalformedRequestError {
  const kind = found === null ? 'null' : Array.isArray(found) ? 'a list' : `a ${typeof found}`;
  return new MalformedRequestError(`${path} must be ${wanted}, not ${kind}`);
}

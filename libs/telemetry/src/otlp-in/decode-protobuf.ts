import type { Attributes } from '@opentelemetry/api';
import type {
  HistogramPoint,
  NumberPoint,
  PushedMetric,
  PushedRequest,
  PushedResource,
  SummaryPoint,
  Temporality,
} from './pushed-request.js';
import { MalformedRequestError, noRecordedValue } from './pushed-request.js';
import { WireReader } from './wire-reader.js';

/** Values inside values: an attribute is rarely more than a list. */
const deepest = 20;

/** Reads an ExportMetricsServiceRequest (opentelemetry-proto 1.x). Throws MalformedRequestError; unknown fields are passed over. */
export function decodeProtobuf(body: Uint8Array): PushedRequest {
  const resources: PushedResource[] = [];
  const reader = new WireReader(body);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) resources.push(readResource(reader.message()));
    else reader.skip();
  }
  return { resources };
}

function readResource(reader: WireReader): PushedResource {
  let attributes: Attributes = {};
  const metrics: PushedMetric[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) attributes = readAttributes(reader.message());
    else if (field === 2) readScope(reader.message(), metrics);
    else reader.skip();
  }
  return { attributes, metrics };
}

/** Attributes stand in field 1 of a resource. */
function readAttributes(reader: WireReader): Attributes {
  const attributes: Attributes = {};
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) readKeyValue(reader.message(), attributes, 0);
    else reader.skip();
  }
  return attributes;
}

function readScope(reader: WireReader, metrics: PushedMetric[]): void {
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) metrics.push(readMetric(reader.message()));
    else reader.skip();
  }
}

function readMetric(reader: WireReader): PushedMetric {
  const described = { name: '', description: '', unit: '' };
  let data: WireReader | undefined;
  let dataField = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) described.name = reader.text();
    else if (field === 2) described.description = reader.text();
    else if (field === 3) described.unit = reader.text();
    else if (field === 5 || field === 7 || field === 9 || field === 10 || field === 11) {
      dataField = field;
      data = reader.message();
    } else reader.skip();
  }
  return { ...described, ...readData(dataField, data) };
}

type MetricData = PushedMetric extends infer M
  ? M extends unknown
    ? Omit<M, 'name' | 'unit' | 'description'>
    : never
  : never;

function readData(dataField: number, data: WireReader | undefined): MetricData {
  if (data === undefined) return { kind: 'none', points: [] };
  switch (dataField) {
    case 5:
      return { kind: 'gauge', points: readPoints(data, readNumberPoint).points };
    case 7:
      return { kind: 'sum', ...readPoints(data, readNumberPoint) };
    case 9: {
      const { points, temporality } = readPoints(data, readHistogramPoint);
      return { kind: 'histogram', points, temporality };
    }
    case 11:
      return { kind: 'summary', points: readPoints(data, readSummaryPoint).points };
    default:
      return { kind: 'exponential_histogram', points: readPoints(data, () => undefined).points };
  }
}

const temporalities: readonly Temporality[] = ['unspecified', 'delta', 'cumulative'];

/** The data of every kind has its points in 1, its temporality in 2, whether it only grows in 3. */
function readPoints<Point>(
  reader: WireReader,
  read: (point: WireReader) => Point,
): { readonly points: readonly Point[]; readonly temporality: Temporality; readonly monotonic: boolean } {
  const points: Point[] = [];
  let temporality: Temporality = 'unspecified';
  let monotonic = false;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) points.push(read(reader.message()));
    else if (field === 2) temporality = temporalities[reader.varint()] ?? 'unspecified';
    else if (field === 3) monotonic = reader.bool();
    else reader.skip();
  }
  return { points, temporality, monotonic };
}

function readNumberPoint(reader: WireReader): NumberPoint {
  const point = { attributes: {} as Attributes, timeMs: 0, startMs: 0, ended: false, value: Number.NaN };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 7) readKeyValue(reader.message(), point.attributes, 0);
    else if (field === 2) point.startMs = milliseconds(reader.fixed64());
    else if (field === 3) point.timeMs = milliseconds(reader.fixed64());
    else if (field === 4) point.value = reader.double();
    else if (field === 6) point.value = Number(reader.sfixed64());
    else if (field === 8) point.ended = isEnded(reader.varint());
    else reader.skip();
  }
  return point;
}

function readHistogramPoint(reader: WireReader): HistogramPoint {
  const times = { timeMs: 0, startMs: 0, ended: false };
  const attributes: Attributes = {};
  const buckets: number[] = [];
  const bounds: number[] = [];
  let count = 0;
  let sum: number | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 9) readKeyValue(reader.message(), attributes, 0);
    else if (field === 2) times.startMs = milliseconds(reader.fixed64());
    else if (field === 3) times.timeMs = milliseconds(reader.fixed64());
    else if (field === 4) count = Number(reader.fixed64());
    else if (field === 5) sum = reader.double();
    else if (field === 6) reader.repeated64(buckets, 'fixed64');
    else if (field === 7) reader.repeated64(bounds, 'double');
    else if (field === 10) times.ended = isEnded(reader.varint());
    else reader.skip();
  }
  return { attributes, ...times, count, ...(sum === undefined ? {} : { sum }), buckets, bounds };
}

function readSummaryPoint(reader: WireReader): SummaryPoint {
  const times = { timeMs: 0, startMs: 0, ended: false };
  const attributes: Attributes = {};
  const quantiles: { quantile: number; value: number }[] = [];
  let count = 0;
  let sum = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 7) readKeyValue(reader.message(), attributes, 0);
    else if (field === 2) times.startMs = milliseconds(reader.fixed64());
    else if (field === 3) times.timeMs = milliseconds(reader.fixed64());
    else if (field === 4) count = Number(reader.fixed64());
    else if (field === 5) sum = reader.double();
    else if (field === 6) quantiles.push(readQuantile(reader.message()));
    else if (field === 8) times.ended = isEnded(reader.varint());
    else reader.skip();
  }
  return { attributes, ...times, count, sum, quantiles };
}

function readQuantile(reader: WireReader): { quantile: number; value: number } {
  const found = { quantile: 0, value: 0 };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) found.quantile = reader.double();
    else if (field === 2) found.value = reader.double();
    else reader.skip();
  }
  return found;
}

function readKeyValue(reader: WireReader, into: Record<string, unknown>, depth: number): void {
  let key = '';
  let value: unknown = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) key = reader.text();
    else if (field === 2) value = readAnyValue(reader.message(), depth);
    else reader.skip();
  }
  Object.defineProperty(into, key, {
    value: value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function readAnyValue(reader: WireReader, depth: number): unknown {
  if (depth > deepest) throw new MalformedRequestError('an attribute is nested too deeply');
  let value: unknown = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) value = reader.text();
    else if (field === 2) value = reader.bool();
    else if (field === 3) value = reader.int64();
    else if (field === 4) value = reader.double();
    else if (field === 5) value = readList(reader.message(), depth);
    else if (field === 6) value = readMap(reader.message(), depth);
    else if (field === 7) value = reader.base64();
    else reader.skip();
  }
  return value;
}

function readList(reader: WireReader, depth: number): unknown[] {
  const list: unknown[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) list.push(readAnyValue(reader.message(), depth + 1));
    else reader.skip();
  }
  return list;
}

function readMap(reader: WireReader, depth: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) readKeyValue(reader.message(), map, depth + 1);
    else reader.skip();
  }
  return map;
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n);
}

function isEnded(flags: number): boolean {
  return flags % 2 === noRecordedValue;
}

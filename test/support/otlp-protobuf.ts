import type { OtlpRequest } from './otlp-points.js';

/** How a field is written: a scalar, or the fields of a message. */
type Field = readonly [name: string, type: Scalar | Message, repeated?: 'repeated'];
type Scalar = 'string' | 'double' | 'fixed64' | 'sfixed64' | 'doubles' | 'fixed64s' | 'varint' | 'bool';
interface Message {
  readonly [fieldNumber: number]: Field;
}

// opentelemetry/proto/{collector/metrics,metrics,resource,common}/v1; what is left out is not what Tapewatch ships.
const anyValue: Message = { 1: ['stringValue', 'string'], 2: ['boolValue', 'bool'], 3: ['intValue', 'varint'] };
const keyValue: Message = { 1: ['key', 'string'], 2: ['value', anyValue] };
const numberPoint: Message = {
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['asDouble', 'double'],
  6: ['asInt', 'sfixed64'],
  7: ['attributes', keyValue, 'repeated'],
  8: ['flags', 'varint'],
};
const histogramPoint: Message = {
  2: ['startTimeUnixNano', 'fixed64'],
  3: ['timeUnixNano', 'fixed64'],
  4: ['count', 'fixed64'],
  5: ['sum', 'double'],
  6: ['bucketCounts', 'fixed64s'],
  7: ['explicitBounds', 'doubles'],
  9: ['attributes', keyValue, 'repeated'],
  10: ['flags', 'varint'],
  11: ['min', 'double'],
  12: ['max', 'double'],
};
const metric: Message = {
  1: ['name', 'string'],
  2: ['description', 'string'],
  3: ['unit', 'string'],
  5: ['gauge', { 1: ['dataPoints', numberPoint, 'repeated'] }],
  7: [
    'sum',
    {
      1: ['dataPoints', numberPoint, 'repeated'],
      2: ['aggregationTemporality', 'varint'],
      3: ['isMonotonic', 'bool'],
    },
  ],
  9: ['histogram', { 1: ['dataPoints', histogramPoint, 'repeated'], 2: ['aggregationTemporality', 'varint'] }],
};
const scopeMetrics: Message = {
  1: ['scope', { 1: ['name', 'string'], 2: ['version', 'string'] }],
  2: ['metrics', metric, 'repeated'],
  3: ['schemaUrl', 'string'],
};
const resourceMetrics: Message = {
  1: ['resource', { 1: ['attributes', keyValue, 'repeated'], 2: ['droppedAttributesCount', 'varint'] }],
  2: ['scopeMetrics', scopeMetrics, 'repeated'],
  3: ['schemaUrl', 'string'],
};
const exportRequest: Message = { 1: ['resourceMetrics', resourceMetrics, 'repeated'] };

/** An ExportMetricsServiceRequest from its bytes, as OTLP's JSON has it. Throws on a field that it does not know. */
export function decodeOtlpMetrics(bytes: Uint8Array): OtlpRequest {
  return { resourceMetrics: [], ...decode(exportRequest, bytes) };
}

function decode(message: Message, bytes: Uint8Array): Record<string, unknown> {
  const reader = new Reader(bytes);
  const found: Record<string, unknown> = {};
  while (!reader.atEnd) {
    const tag = Number(reader.varint());
    const field = message[tag >>> 3];
    if (field === undefined) throw new Error(`unknown field ${tag >>> 3} beside ${Object.keys(found).join()}`);
    const [name, type, repeated] = field;
    const value = typeof type === 'string' ? scalar(reader, type) : decode(type, reader.bytes());
    const earlier = found[name];
    if (repeated === undefined) found[name] = value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else found[name] = [value];
  }
  return found;
}

function scalar(reader: Reader, type: Scalar): unknown {
  switch (type) {
    case 'string':
      return new TextDecoder().decode(reader.bytes());
    case 'double':
      return reader.double();
    case 'fixed64':
      return String(reader.fixed64());
    case 'sfixed64':
      return String(BigInt.asIntN(64, reader.fixed64()));
    case 'varint':
      return Number(reader.varint());
    case 'bool':
      return reader.varint() === 1n;
    case 'doubles':
      return packed(reader.bytes(), (part) => part.double());
    case 'fixed64s':
      return packed(reader.bytes(), (part) => String(part.fixed64()));
  }
}

function packed<T>(bytes: Uint8Array, read: (part: Reader) => T): readonly T[] {
  const part = new Reader(bytes);
  const values: T[] = [];
  while (!part.atEnd) values.push(read(part));
  return values;
}

/** The wire format: https://protobuf.dev/programming-guides/encoding */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.byteLength;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#view.getUint8(this.#at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  bytes(): Uint8Array {
    const length = Number(this.varint());
    if (this.#at + length > this.#bytes.byteLength) throw new RangeError('a field reaches past the end');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  double(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  fixed64(): bigint {
    this.#at += 8;
    return this.#view.getBigUint64(this.#at - 8, true);
  }
}

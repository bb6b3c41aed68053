import type { MetricData } from './metric-data.js';

const headers = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};
const seriesAtOnce = 100;

/** Writes the samples [from, to) of all series to a Prometheus, in requests of a hundred series each. */
export async function remoteWrite(url: string, data: readonly MetricData[], from: number, to: number): Promise<void> {
  for (let i = 0; i < data.length; i += seriesAtOnce) {
    const message = writeRequest(data.slice(i, i + seriesAtOnce), from, to);
    const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body: asSnappy(message) });
    if (!answer.ok) throw new Error(`Prometheus does not take samples: ${answer.status} ${await answer.text()}`);
  }
}

/** `prometheus.WriteRequest` of remote write 1.0. */
function writeRequest(data: readonly MetricData[], from: number, to: number): Buffer<ArrayBuffer> {
  return Buffer.concat(
    data.flatMap(({ series, times, values }) => {
      const names = Object.entries(series.labels.toObject()).sort(([a], [b]) => (a < b ? -1 : 1));
      const labels = names.map(([name, value]) => field(1, Buffer.concat([text(1, name), text(2, value)])));
      return field(1, Buffer.concat([...labels, samples(times, values, from, to)]));
    }),
  );
}

/** Each `{ 2: { 1: value, 2: time } }`; times of this century take six bytes. */
function samples(times: Float64Array, values: Float64Array, from: number, to: number): Buffer<ArrayBuffer> {
  const size = 18;
  const bytes = Buffer.alloc(size * (to - from));
  let at = 0;
  for (let i = from; i < to; i++) {
    at = bytes.writeUInt8(0x12, at);
    at = bytes.writeUInt8(size - 2, at);
    at = bytes.writeUInt8(0x09, at);
    at = bytes.writeDoubleLE(values[i] as number, at);
    at = bytes.writeUInt8(0x10, at);
    at = Buffer.from(varint(times[i] as number)).copy(bytes, at) + at;
  }
  return bytes;
}

function text(number: number, value: string): Buffer<ArrayBuffer> {
  return field(number, Buffer.from(value));
}

function field(number: number, content: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

/** Snappy's block format with one literal: valid, and not compressed. */
function asSnappy(content: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const head = Buffer.from([...varint(content.length), 63 << 2, 0, 0, 0, 0]);
  head.writeUInt32LE(content.length - 1, head.length - 4);
  return Buffer.concat([head, content]);
}

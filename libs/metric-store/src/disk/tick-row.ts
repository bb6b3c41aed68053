import { ByteReader, DamagedError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { seal, unseal } from './sealed.ts';

/** What came at one time: `values[i]` belongs to the series `ids[i]`. */
export interface TickRow {
  readonly ids: Uint32Array;
  readonly values: Float64Array;
  /** What came since the batch before at times of its own: pushed, or worked out by rules as of earlier. */
  readonly pushed?: PushedSamples;
}

export interface PushedSamples {
  readonly ids: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export function encodeTick(atMs: number, { ids, values, pushed }: TickRow): Uint8Array {
  const writer = new ByteWriter();
  writeIds(writer, ids);
  writer.bytes(transposed(values, ids.length));
  writeIds(writer, pushed?.ids ?? new Uint32Array());
  if (pushed !== undefined) {
    writer.bytes(transposed(pushed.times, pushed.ids.length));
    writer.bytes(transposed(pushed.values, pushed.ids.length));
  }
  return seal(writer.finish(), atMs, 1);
}

/** Throws DamagedError. */
export function decodeTick(atMs: number, bytes: Uint8Array): TickRow {
  const reader = new ByteReader(unseal(bytes, atMs));
  const ids = readIds(reader);
  const values = turnedBack(reader.bytes(ids.length * 8), ids.length);
  const pushedIds = readIds(reader);
  const count = pushedIds.length;
  const times = turnedBack(reader.bytes(count * 8), count);
  const pushedValues = turnedBack(reader.bytes(count * 8), count);
  if (!reader.done) throw new DamagedError('a tick is longer than it says');
  return { ids, values, ...(count === 0 ? {} : { pushed: { ids: pushedIds, times, values: pushedValues } }) };
}

function writeIds(writer: ByteWriter, ids: Uint32Array): void {
  writer.varint(ids.length);
  let before = 0;
  for (const id of ids) {
    writer.signed(id - before);
    before = id;
  }
}

function readIds(reader: ByteReader): Uint32Array {
  const ids = new Uint32Array(reader.varint());
  let before = 0;
  for (let i = 0; i < ids.length; i++) ids[i] = before += reader.signed();
  return ids;
}

function turnedBack(planes: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count);
  const into = new Uint8Array(values.buffer);
  for (let plane = 0; plane < 8; plane++) {
    const from = plane * count;
    for (let i = 0; i < count; i++) into[i * 8 + plane] = planes[from + i] as number;
  }
  return values;
}

function transposed(values: Float64Array, count: number): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, count * 8);
  const planes = new Uint8Array(count * 8);
  for (let plane = 0; plane < 8; plane++) {
    const from = plane * count;
    for (let i = 0; i < count; i++) planes[from + i] = bytes[i * 8 + plane] as number;
  }
  return planes;
}

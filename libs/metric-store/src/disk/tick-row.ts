import { ByteReader, DamagedError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { seal, unseal } from './sealed.ts';

/** What came at one time: `values[i]` belongs to the series `ids[i]`. */
export interface TickRow {
  readonly ids: Uint32Array;
  readonly values: Float64Array;
}

export function encodeTick(atMs: number, { ids, values }: TickRow): Uint8Array {
  const writer = new ByteWriter();
  writer.varint(ids.length);
  let before = 0;
  for (const id of ids) {
    writer.signed(id - before);
    before = id;
  }
  writer.bytes(transposed(values, ids.length));
  return seal(writer.finish(), atMs, 1);
}

/** Throws DamagedError. */
export function decodeTick(atMs: number, bytes: Uint8Array): TickRow {
  const reader = new ByteReader(unseal(bytes, atMs));
  const count = reader.varint();
  const ids = new Uint32Array(count);
  let before = 0;
  for (let i = 0; i < count; i++) ids[i] = before += reader.signed();
  const planes = reader.bytes(count * 8);
  if (!reader.done) throw new DamagedError('a tick is longer than it says');
  const values = new Float64Array(count);
  const into = new Uint8Array(values.buffer);
  for (let plane = 0; plane < 8; plane++) {
    const from = plane * count;
    for (let i = 0; i < count; i++) into[i * 8 + plane] = planes[from + i] as number;
  }
  return { ids, values };
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

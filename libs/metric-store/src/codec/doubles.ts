import { entropyBits, fromPlanes, planesBits, toPlanes } from './byte-planes.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

const lowBytes = 6;

/**
 * Any doubles: sign, exponent and the highest four bits of the mantissa as whole numbers or their differences, the rest byte by byte,
 * each plane compressed where that helps. What is noise costs no more than itself.
 */
export function writeDoubles(writer: ByteWriter, values: Float64Array, compress: boolean): void {
  const count = values.length;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, count * 8);
  const high = new Float64Array(count);
  const difference = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const top = (bytes[i * 8 + 6] as number) + (bytes[i * 8 + 7] as number) * 256;
    high[i] = top;
    const step = i === 0 ? top : top - (high[i - 1] as number);
    difference[i] = step >= 0 ? step * 2 : -step * 2 - 1;
  }
  const plain = toPlanes(high, count);
  const differing = toPlanes(difference, count);
  const differs = planesBits(differing, count) < planesBits(plain, count);
  writer.byte(differs ? 1 : 0);
  writer.part(differs ? differing : plain, compress);
  for (let plane = 0; plane < lowBytes; plane++) {
    const part = new Uint8Array(count);
    for (let i = 0; i < count; i++) part[i] = bytes[i * 8 + plane] as number;
    writer.part(part, compress && entropyBits(part) < count * 7.9);
  }
}

export function readDoubles(reader: ByteReader, count: number): Float64Array {
  const values = new Float64Array(count);
  const bytes = new Uint8Array(values.buffer);
  const differs = reader.byte() === 1;
  const high = fromPlanes(reader.part(), count);
  let top = 0;
  for (let i = 0; i < count; i++) {
    const value = high[i] as number;
    top = differs ? top + (value % 2 === 0 ? value / 2 : -(value + 1) / 2) : value;
    bytes[i * 8 + 6] = top & 255;
    bytes[i * 8 + 7] = top >> 8;
  }
  for (let plane = 0; plane < lowBytes; plane++) {
    const part = reader.part();
    for (let i = 0; i < count; i++) bytes[i * 8 + plane] = part[i] as number;
  }
  return values;
}

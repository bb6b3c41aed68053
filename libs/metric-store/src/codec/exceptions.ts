import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Writes single values with their places, bit by bit: what does not fit the form of the others. */
export function writeExceptions(writer: ByteWriter, places: readonly number[], values: Float64Array): void {
  writer.varint(places.length);
  let before = 0;
  for (const place of places) {
    writer.varint(place - before);
    writer.double(values, place);
    before = place;
  }
}

export function readExceptions(reader: ByteReader, into: Float64Array): void {
  let place = 0;
  for (let left = reader.varint(); left > 0; left--) {
    place += reader.varint();
    reader.double(into, place);
  }
}

/** More than this, and another form is the better one. */
export function mostExceptions(count: number): number {
  return 4 + Math.floor(count / 32);
}

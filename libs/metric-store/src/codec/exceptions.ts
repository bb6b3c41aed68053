import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { placeAmong, type Picks } from './picks.ts';

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

/** `into` holds the picked ones alone, or all. */
export function readExceptions(reader: ByteReader, into: Float64Array, picks?: Picks): void {
  let place = 0;
  for (let left = reader.varint(); left > 0; left--) {
    place += reader.varint();
    const at = placeAmong(picks, place);
    if (at < 0) reader.bytes(8);
    else reader.double(into, at);
  }
}

/** More than this, and another form is the better one. */
export function mostExceptions(count: number): number {
  return 4 + Math.floor(count / 32);
}

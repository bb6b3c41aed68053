import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { mostExceptions, readExceptions, writeExceptions } from './exceptions.ts';
import { largestInteger, readIntegers, writeIntegers } from './integers.ts';
import type { Picks } from './picks.ts';

const mostPlaces = 12;

/** Values that are whole numbers over a power of ten, as prices, volumes, counters and states are. */
export interface Decimals {
  /** Digits after the point. */
  readonly places: number;
  readonly integers: Float64Array;
  /** Where the value is something else. */
  readonly exceptions: readonly number[];
}

/** Undefined when the values are no decimals. */
export function decimalsOf(values: Float64Array): Decimals | undefined {
  const most = mostExceptions(values.length);
  let places = 0;
  let misses = 0;
  for (let i = 0; i < values.length; i++) {
    const needed = placesOf(values[i] as number, places);
    if (needed === undefined && ++misses > most) return undefined;
    if (needed !== undefined) places = needed;
  }
  return misses === values.length ? undefined : scaled(values, places, most);
}

export function writeDecimals(writer: ByteWriter, decimals: Decimals, values: Float64Array, compress: boolean): void {
  writer.byte(decimals.places);
  writeIntegers(writer, decimals.integers, compress);
  writeExceptions(writer, decimals.exceptions, values);
}

export function readDecimals(reader: ByteReader, count: number, picks?: Picks): Float64Array {
  const scale = 10 ** reader.byte();
  const values = readIntegers(reader, count, picks);
  if (scale !== 1) for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / scale;
  readExceptions(reader, values, picks);
  return values;
}

function placesOf(value: number, from: number): number | undefined {
  for (let places = from; places <= mostPlaces; places++) if (isScaled(value, 10 ** places)) return places;
  return undefined;
}

/** Division is what reading does, so what it gives back exactly is exact. A negative zero is no whole number here. */
function isScaled(value: number, scale: number): boolean {
  const integer = Math.round(value * scale);
  return Math.abs(integer) <= largestInteger && integer / scale === value && (value !== 0 || 1 / value > 0);
}

function scaled(values: Float64Array, places: number, most: number): Decimals | undefined {
  const scale = 10 ** places;
  const integers = new Float64Array(values.length);
  const exceptions: number[] = [];
  let before = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (isScaled(value, scale)) before = Math.round(value * scale);
    else exceptions.push(i);
    integers[i] = before;
  }
  if (exceptions.length > most) return undefined;
  // The first ones take the value of the first that fits, so that they cost nothing.
  const first = integers.findIndex((_, i) => i !== exceptions[i]);
  if (first > 0) integers.fill(integers[first] as number, 0, first);
  return { places, integers, exceptions };
}

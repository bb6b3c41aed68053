import { ByteReader } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { readColumn, writeColumn } from '../codec/columns.ts';
import { decimalsOf } from '../codec/decimals.ts';
import { readIntegers, writeIntegers } from '../codec/integers.ts';
import { MinuteColumns, minuteMs } from '../history/minute-summary.ts';
import { firstOfPage, pageOfKey } from './layout.ts';
import { seal, unseal } from './sealed.ts';

/** Minutes of the series of one page, by series id. */
export type PageMinutes = ReadonlyMap<number, MinuteColumns>;

/** An hour of a page: the minutes of each series, column by column, compressed together, as single ones would be too short to. */
export function encodeRollup(key: number, originMs: number, page: PageMinutes): Uint8Array {
  const writer = new ByteWriter();
  for (const [id, minutes] of page) {
    writer.varint(id - firstOfPage(pageOfKey(key)));
    writeMinutes(writer, minutes, originMs);
  }
  return seal(writer.finish(), key, 9);
}

/** Throws DamagedError. */
export function decodeRollup(
  key: number,
  originMs: number,
  bytes: Uint8Array,
  wanted?: ReadonlySet<number>,
): Map<number, MinuteColumns> {
  const reader = new ByteReader(unseal(bytes, key));
  const page = new Map<number, MinuteColumns>();
  while (!reader.done) {
    const id = firstOfPage(pageOfKey(key)) + reader.varint();
    const minutes = readMinutes(reader, originMs);
    if (wanted === undefined || wanted.has(id)) page.set(id, minutes);
  }
  return page;
}

const apart = 0;
const asDecimals = 1;

function writeMinutes(writer: ByteWriter, minutes: MinuteColumns, originMs: number): void {
  const { length } = minutes;
  const { startMs, min, max, sum, count, last } = minutes.trimmed();
  writer.varint(length);
  writeIntegers(
    writer,
    startMs.map((start) => (start - originMs) / minuteMs),
    false,
  );
  writeIntegers(writer, count, false);
  const decimals = decimalsOf(concatenated(last, min, max));
  if (decimals === undefined || decimals.exceptions.length > 0) {
    writer.byte(apart);
    for (const column of [last, min, max, sum]) writeColumn(writer, column, false);
    return;
  }
  // All of a series lie near one another, so that distances say it in fewer bytes.
  const { places, integers } = decimals;
  const lasts = integers.slice(0, length);
  const lows = integers.slice(length, length * 2);
  const highs = integers.slice(length * 2);
  writer.byte(asDecimals);
  writer.byte(places);
  writeIntegers(writer, lasts, false);
  writeIntegers(
    writer,
    lows.map((low, i) => lastBefore(lasts, i) - low),
    false,
  );
  writeIntegers(
    writer,
    highs.map((high, i) => high - lastBefore(lasts, i)),
    false,
  );
  writeSums(writer, sum, count, lasts, 10 ** places);
}

function readMinutes(reader: ByteReader, originMs: number): MinuteColumns {
  const length = reader.varint();
  const startMs = readIntegers(reader, length).map((minute) => originMs + minute * minuteMs);
  const count = readIntegers(reader, length);
  if (reader.byte() === apart) {
    const [last, min, max, sum] = [0, 1, 2, 3].map(() => readColumn(reader, length)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    return MinuteColumns.of({ startMs, count, last, min, max, sum });
  }
  const scale = 10 ** reader.byte();
  const lasts = readIntegers(reader, length);
  const lows = readIntegers(reader, length).map((distance, i) => (lastBefore(lasts, i) - distance) / scale);
  const highs = readIntegers(reader, length).map((distance, i) => (lastBefore(lasts, i) + distance) / scale);
  const sum = readSums(reader, count, lasts, scale);
  return MinuteColumns.of({
    ...{ startMs, count, sum, min: lows, max: highs },
    last: lasts.map((integer) => integer / scale),
  });
}

/** Of each minute the sample before it, which the lowest and the highest lie near; of the first its own last. */
function lastBefore(lasts: Float64Array, i: number): number {
  return lasts[Math.max(0, i - 1)] as number;
}

/** A sum is nearly the count times the middle of two lasts, and, but for the last bits, a decimal itself. */
function writeSums(
  writer: ByteWriter,
  sums: Float64Array,
  count: Float64Array,
  lasts: Float64Array,
  scale: number,
): void {
  const distances = new Float64Array(sums.length);
  const bits = new Float64Array(sums.length);
  for (let i = 0; i < sums.length; i++) {
    const integer = Math.round((sums[i] as number) * scale);
    const guess = guessedSum(count, lasts, i);
    distances[i] = integer - guess;
    bits[i] = (distances[i] as number) + guess === integer ? bitsApart(integer / scale, sums[i] as number) : Infinity;
  }
  const fits = bits.every((apartBy) => Math.abs(apartBy) < 2 ** 30) && distances.every((d) => Math.abs(d) < 2 ** 50);
  writer.byte(fits ? 1 : 0);
  if (!fits) {
    writeColumn(writer, sums, false);
    return;
  }
  writeIntegers(writer, distances, false);
  writeIntegers(writer, bits, false);
}

function readSums(reader: ByteReader, count: Float64Array, lasts: Float64Array, scale: number): Float64Array {
  if (reader.byte() === 0) return readColumn(reader, count.length);
  const sums = readIntegers(reader, count.length);
  const bits = readIntegers(reader, count.length);
  for (let i = 0; i < sums.length; i++) {
    sums[i] = movedBy(((sums[i] as number) + guessedSum(count, lasts, i)) / scale, bits[i] as number);
  }
  return sums;
}

function guessedSum(count: Float64Array, lasts: Float64Array, i: number): number {
  return Math.round(((count[i] as number) * ((lasts[i] as number) + lastBefore(lasts, i))) / 2);
}

const doubleView = new Float64Array(1);
const integerView = new BigInt64Array(doubleView.buffer);

/** How many doubles lie between the two; infinite where their signs differ, or one is a negative zero. */
function bitsApart(from: number, to: number): number {
  doubleView[0] = from;
  const start = integerView[0] as bigint;
  doubleView[0] = to;
  const apartBy = (integerView[0] as bigint) - start;
  return apartBy > -1_000_000_000n && apartBy < 1_000_000_000n ? Number(apartBy) : Infinity;
}

function movedBy(from: number, bits: number): number {
  if (bits === 0) return from;
  doubleView[0] = from;
  integerView[0] = (integerView[0] as bigint) + BigInt(bits);
  return doubleView[0];
}

function concatenated(...arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { readColumn, writeColumn } from './columns.ts';
import { readIntegers, writeIntegers } from './integers.ts';

/** Samples and stale markers of one series, oldest first; times in milliseconds, growing. */
export interface Samples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

const evenly = 0;
const unevenly = 1;

/** Writes at least one sample; `originMs` is told again when reading. */
export function writeSamples(
  writer: ByteWriter,
  { times, values }: Samples,
  originMs: number,
  compress: boolean,
): void {
  const first = times[0] as number;
  const stepMs = times.length > 1 ? (times[1] as number) - first : 0;
  writer.varint(times.length);
  if (isEven(times, stepMs)) {
    writer.byte(evenly);
    writer.signed(first - originMs);
    writer.varint(stepMs);
  } else {
    writer.byte(unevenly);
    writeIntegers(
      writer,
      times.map((time) => time - originMs),
      compress,
    );
  }
  writeColumn(writer, values, compress);
}

export function readSamples(reader: ByteReader, originMs: number): Samples {
  const count = reader.varint();
  const times = readTimes(reader, count, originMs);
  return { times, values: readColumn(reader, count) };
}

/** Samples with a step of `stepMs` between each two. */
export interface EvenSamples {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly values: Float64Array;
}

/** As `readSamples`, without writing out times that are even. */
export function readEvenSamples(reader: ByteReader, originMs: number): EvenSamples | Samples {
  const count = reader.varint();
  if (reader.byte() === unevenly) {
    const times = readIntegers(reader, count);
    for (let i = 0; i < count; i++) times[i] = (times[i] as number) + originMs;
    return { times, values: readColumn(reader, count) };
  }
  const firstMs = reader.signed() + originMs;
  const stepMs = reader.varint();
  return { firstMs, stepMs, values: readColumn(reader, count) };
}

function readTimes(reader: ByteReader, count: number, originMs: number): Float64Array {
  if (reader.byte() === unevenly) {
    const times = readIntegers(reader, count);
    for (let i = 0; i < count; i++) times[i] = (times[i] as number) + originMs;
    return times;
  }
  const first = reader.signed() + originMs;
  const stepMs = reader.varint();
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) times[i] = first + i * stepMs;
  return times;
}

function isEven(times: Float64Array, stepMs: number): boolean {
  for (let i = 1; i < times.length; i++) if ((times[i] as number) - (times[i - 1] as number) !== stepMs) return false;
  return true;
}

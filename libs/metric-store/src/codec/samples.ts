import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { readColumn, writeColumn } from './columns.ts';
import { pickedNumbers, type Picks } from './picks.ts';
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

/** Times of samples, growing: in an even beat, or one by one. */
export interface Times {
  readonly count: number;
  readonly firstMs: number;
  /** 0: see `all`. */
  readonly stepMs: number;
  readonly all?: Float64Array;
}

/** Reads over samples and decodes nothing: for a reader that looks where their parts lie. */
export function skimSamples(reader: ByteReader): void {
  reader.varint();
  readTimes(reader, 0, 0);
  readColumn(reader, 0);
}

/** `pick`: chooses the samples that are wanted by their times; undefined: all of them. */
export function readSamples(reader: ByteReader, originMs: number, pick?: (times: Times) => Picks | undefined): Samples {
  const count = reader.varint();
  const times = readTimes(reader, count, originMs);
  const picks = pick?.(times);
  return { times: timesOf(times, picks), values: readColumn(reader, count, picks) };
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
  const { firstMs, stepMs, all } = readTimes(reader, count, originMs);
  const values = readColumn(reader, count);
  return all === undefined ? { firstMs, stepMs, values } : { times: all, values };
}

function readTimes(reader: ByteReader, count: number, originMs: number): Times {
  if (reader.byte() === unevenly) {
    const all = readIntegers(reader, count);
    for (let i = 0; i < count; i++) all[i] = (all[i] as number) + originMs;
    return { count, firstMs: all[0] ?? 0, stepMs: 0, all };
  }
  const firstMs = reader.signed() + originMs;
  const stepMs = reader.varint();
  return stepMs === 0
    ? { count, firstMs, stepMs, all: new Float64Array(count).fill(firstMs) }
    : { count, firstMs, stepMs };
}

function timesOf({ count, firstMs, stepMs, all }: Times, picks: Picks | undefined): Float64Array {
  if (all !== undefined) return pickedNumbers(all, picks);
  const times = new Float64Array(picks?.length ?? count);
  if (picks === undefined) for (let i = 0; i < count; i++) times[i] = firstMs + i * stepMs;
  else for (let i = 0; i < times.length; i++) times[i] = firstMs + (picks[i] as number) * stepMs;
  return times;
}

function isEven(times: Float64Array, stepMs: number): boolean {
  for (let i = 1; i < times.length; i++) if ((times[i] as number) - (times[i - 1] as number) !== stepMs) return false;
  return true;
}

import { entropyBits, fromPlanes, planesBits, toPlanes } from './byte-planes.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { pickedNumbers, type Picks } from './picks.ts';
import { fromSmallSteps, mostPlanes } from './small-steps.ts';

/** Far enough from 2^53 that distances between two such numbers, and between two distances, are exact. */
export const largestInteger = 2 ** 50;

const plain = 0;
const zeroesApart = 4;

/**
 * Writes whole numbers of at most `largestInteger`, as they are or as differences (first or second), whichever is shorter. Where many
 * are zero, a bitmap says which are not, and only those are written.
 */
export function writeIntegers(writer: ByteWriter, numbers: Float64Array, compress: boolean): void {
  const count = numbers.length;
  const base = numbers[0] as number;
  const divisor = commonDivisor(numbers, base);
  writer.signed(base);
  writer.varint(divisor);
  if (divisor === 0) return;
  const scaled = numbers.map((number) => (number - base) / divisor);
  const candidates: Candidate[] = [shortestOf(plain, zigzagged(scaled), count)];
  const largest = scaled.reduce((found, number) => Math.max(found, Math.abs(number)), 0);
  let change: Float64Array = scaled;
  for (let order = 1; order <= 2 && largest * 2 ** order <= 2 ** 52; order++) {
    change = differences(change);
    candidates.push(shortestOf(order, zigzagged(change), count));
  }
  const best = candidates.reduce((found, candidate) => (candidate.bits < found.bits ? candidate : found));
  writer.byte(best.mode);
  for (const part of best.parts) writer.part(part, compress);
}

/** `picks`: only these of the numbers are wanted. */
export function readIntegers(reader: ByteReader, count: number, picks?: Picks): Float64Array {
  const base = reader.signed();
  const divisor = reader.varint();
  if (divisor === 0) return new Float64Array(picks?.length ?? count).fill(base);
  const mode = reader.byte();
  const order = mode % zeroesApart;
  const bitmap = mode >= zeroesApart ? reader.part() : undefined;
  const others = bitmap === undefined ? count : countOnes(bitmap, count);
  const planes = reader.part();
  if (planes.length > others * mostPlanes) {
    const zigzags = fromPlanes(planes, others);
    const all = undone(bitmap === undefined ? zigzags : spread(zigzags, bitmap, count), order, divisor, base);
    return pickedNumbers(all, picks);
  }
  const numbers = fromSmallSteps(planes, bitmap, { count, others, order }, picks);
  for (let i = 0; i < numbers.length; i++) numbers[i] = (numbers[i] as number) * divisor + base;
  return numbers;
}

/** Zigzag, differences and divisor, in one pass. */
function undone(numbers: Float64Array, order: number, divisor: number, base: number): Float64Array {
  let step = 0;
  let number = 0;
  for (let i = 0; i < numbers.length; i++) {
    const zigzag = numbers[i] as number;
    const value = zigzag < 2 ** 31 ? (zigzag >>> 1) ^ -(zigzag & 1) : zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    if (order === 2) number += step += value;
    else if (order === 1) number += value;
    else number = value;
    numbers[i] = number * divisor + base;
  }
  return numbers;
}

interface Candidate {
  readonly mode: number;
  readonly bits: number;
  readonly parts: readonly Uint8Array[];
}

function shortestOf(mode: number, zigzag: Float64Array, count: number): Candidate {
  const planes = toPlanes(zigzag, count);
  const whole = { mode, bits: planesBits(planes, count), parts: [planes] };
  let others = 0;
  for (let i = 0; i < count; i++) if (zigzag[i] !== 0) others++;
  if (others * 4 > count * 3 || others === 0) return whole;
  const bitmap = new Uint8Array(Math.ceil(count / 8));
  const rest = new Float64Array(others);
  let next = 0;
  for (let i = 0; i < count; i++) {
    if (zigzag[i] === 0) continue;
    bitmap[i >> 3] = (bitmap[i >> 3] as number) | (1 << (i & 7));
    rest[next++] = (zigzag[i] as number) - 1;
  }
  const restPlanes = toPlanes(rest, others);
  const bits = Math.min(entropyBits(bitmap), count) + planesBits(restPlanes, others);
  return bits < whole.bits ? { mode: mode + zeroesApart, bits, parts: [bitmap, restPlanes] } : whole;
}

function countOnes(bitmap: Uint8Array, count: number): number {
  let ones = 0;
  for (let i = 0; i < count; i++) ones += ((bitmap[i >> 3] as number) >> (i & 7)) & 1;
  return ones;
}

/** Puts what was written without its zeroes, less one, in its places. */
function spread(rest: Float64Array, bitmap: Uint8Array, count: number): Float64Array {
  const numbers = new Float64Array(count);
  let next = 0;
  for (let i = 0; i < count; i++) {
    if (((bitmap[i >> 3] as number) >> (i & 7)) & 1) numbers[i] = (rest[next++] as number) + 1;
  }
  return numbers;
}

function differences(numbers: Float64Array): Float64Array {
  const found = new Float64Array(numbers.length);
  found[0] = numbers[0] as number;
  for (let i = 1; i < numbers.length; i++) found[i] = (numbers[i] as number) - (numbers[i - 1] as number);
  return found;
}

function zigzagged(numbers: Float64Array): Float64Array {
  return numbers.map((number) => (number >= 0 ? number * 2 : -number * 2 - 1));
}

/** Of all distances to `base`; 0 when every number is `base`. Bytes come in pages, counters in blocks. */
function commonDivisor(numbers: Float64Array, base: number): number {
  let divisor = 0;
  for (let i = 0; i < numbers.length && divisor !== 1; i++) {
    let a = Math.abs((numbers[i] as number) - base);
    while (a !== 0) [divisor, a] = [a, divisor % a];
  }
  return divisor;
}

import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { mostExceptions, readExceptions, writeExceptions } from './exceptions.ts';
import { readIntegers, writeIntegers } from './integers.ts';
import type { Picks } from './picks.ts';

/** How a share of a whole may have been worked out; each rounds in its own way. Written as its index: only append. */
const formulas: readonly ((part: number, whole: number) => number)[] = [
  (part, whole) => part / whole,
  (part, whole) => (100 * part) / whole,
  (part, whole) => 100 * (part / whole),
  (part, whole) => 1 - part / whole,
  (part, whole) => 100 * (1 - part / whole),
  (part, whole) => 100 - (100 * part) / whole,
];
/** The share, from 0 to 1, that a value of a formula stands for, nearly. */
const shares: readonly ((value: number) => number)[] = [
  (value) => value,
  (value) => value / 100,
  (value) => value / 100,
  (value) => 1 - value,
  (value) => 1 - value / 100,
  (value) => 1 - value / 100,
];

/** Up to here a double tells numerator and denominator apart from all others. */
const largestWhole = 2 ** 25;
const samplesTried = 48;

/** Values that are one of the formulas of two whole numbers, as the use of processors is: time over time. */
export interface Fractions {
  readonly formula: number;
  readonly parts: Float64Array;
  readonly wholes: Float64Array;
  readonly exceptions: readonly number[];
}

/** Undefined when the values are no fractions. */
export function fractionsOf(values: Float64Array): Fractions | undefined {
  const sample = values.length <= samplesTried ? values : spread(values);
  for (let formula = 0; formula < formulas.length; formula++) {
    if (fit(sample, formula) === undefined) continue;
    const found = fit(values, formula);
    if (found !== undefined) return toCommonWhole(found);
  }
  return undefined;
}

export function writeFractions(
  writer: ByteWriter,
  fractions: Fractions,
  values: Float64Array,
  compress: boolean,
): void {
  writer.byte(fractions.formula);
  writeIntegers(writer, fractions.wholes, compress);
  writeIntegers(writer, fractions.parts, compress);
  writeExceptions(writer, fractions.exceptions, values);
}

export function readFractions(reader: ByteReader, count: number, picks?: Picks): Float64Array {
  const formula = formulas[reader.byte()] as (typeof formulas)[number];
  const wholes = readIntegers(reader, count, picks);
  const values = readIntegers(reader, count, picks);
  for (let i = 0; i < values.length; i++) values[i] = formula(values[i] as number, wholes[i] as number);
  readExceptions(reader, values, picks);
  return values;
}

function spread(values: Float64Array): Float64Array {
  return Float64Array.from({ length: samplesTried }, (_, i) => {
    return values[Math.floor((i * values.length) / samplesTried)] as number;
  });
}

function fit(values: Float64Array, formula: number): Fractions | undefined {
  const most = Math.min(mostExceptions(values.length), Math.floor(values.length / 4));
  const work = formulas[formula] as (typeof formulas)[number];
  const shareOf = shares[formula] as (typeof shares)[number];
  const parts = new Float64Array(values.length);
  const wholes = new Float64Array(values.length).fill(1);
  const exceptions: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const share = shareOf(value);
    // Not of a negative zero, which whole numbers cannot tell from zero.
    if (share >= 0 && share <= 1 && !Object.is(share, -0) && approximate(share, value, work, parts, wholes, i))
      continue;
    exceptions.push(i);
    if (exceptions.length > most) return undefined;
    parts[i] = 0;
    wholes[i] = 1;
  }
  return { formula, parts, wholes, exceptions };
}

/** Convergents of the continued fraction of the share, until one gives the value to the bit. */
function approximate(
  share: number,
  value: number,
  work: (part: number, whole: number) => number,
  parts: Float64Array,
  wholes: Float64Array,
  at: number,
): boolean {
  let [part, partBefore, whole, wholeBefore] = [0, 1, 1, 0];
  let rest = share;
  for (let step = 0; step < 24; step++) {
    const digit = Math.floor(rest);
    [part, partBefore] = [digit * part + partBefore, part];
    [whole, wholeBefore] = [digit * whole + wholeBefore, whole];
    // The first convergent is the number before the point; the pair is turned round until then.
    const [numerator, denominator] = [step === 0 ? digit : part, step === 0 ? 1 : whole];
    if (step === 0) [part, partBefore, whole, wholeBefore] = [digit, 1, 1, 0];
    if (denominator > largestWhole) return false;
    if (Object.is(work(numerator, denominator), value)) {
      parts[at] = numerator;
      wholes[at] = denominator;
      return true;
    }
    const left = rest - digit;
    if (left === 0) return false;
    rest = 1 / left;
  }
  return false;
}

/** Fractions come reduced; the same multiple of both, near the whole that most have, makes the wholes alike. */
function toCommonWhole(fractions: Fractions): Fractions {
  const { formula, exceptions } = fractions;
  const parts = fractions.parts.slice();
  const wholes = fractions.wholes.slice();
  const work = formulas[formula] as (typeof formulas)[number];
  let near = typicalWhole(wholes);
  const skipped = new Set(exceptions);
  for (let i = 0; i < wholes.length; i++) {
    const whole = wholes[i] as number;
    const part = parts[i] as number;
    if (skipped.has(i)) {
      wholes[i] = near;
      parts[i] = i === 0 ? 0 : (parts[i - 1] as number);
      continue;
    }
    const times = Math.max(1, Math.round(near / whole));
    if (times > 1 && Object.is(work(part * times, whole * times), work(part, whole))) {
      wholes[i] = whole * times;
      parts[i] = part * times;
    }
    const found = wholes[i] as number;
    if (Math.abs(found - near) * 8 < near) near = found;
  }
  return { formula, parts, wholes, exceptions };
}

/** Most fractions cannot be reduced, or not far: the upper quarter stands at what the wholes are. */
function typicalWhole(wholes: Float64Array): number {
  const sorted = wholes.slice().sort();
  return sorted[Math.floor(sorted.length * 0.75)] as number;
}

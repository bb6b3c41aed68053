import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { unpackedAll } from './unpacked.js';
import { readSamples, writeSamples, type Samples } from './samples.js';

const origin = Date.UTC(2026, 0, 5);

function roundTrip(samples: Samples, compress: boolean): { readonly back: Samples; readonly bytes: number } {
  const writer = new ByteWriter();
  writeSamples(writer, samples, origin, compress);
  const bytes = writer.finish();
  const reader = new ByteReader(bytes);
  const back = readSamples(reader, origin);
  expect(reader.done).toBe(true);
  return { back, bytes: bytes.length };
}

const bitsOf = (values: Float64Array): bigint[] => [
  ...new BigUint64Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.length * 8)),
];
const everySecond = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => origin + i * 1000);

const anyBits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const nan = 0x7ff8000000000000n;
const oddBits = fc.constantFrom(
  ...[0x7ff0000000000002n, nan, nan + 77n, 0xfff8000000000001n, 0x8000000000000000n, 0n],
  ...[0x7ff0000000000000n, 0xfff0000000000000n, 1n, 0x7fefffffffffffffn],
);
const bitsOfDouble = (value: number): bigint => bitsOf(Float64Array.of(value))[0] as bigint;
const large = fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 53 - 1, 2 ** 50, 2 ** 50 + 1, -(2 ** 50), 1e300, 5e-324);
const decimal = fc
  .tuple(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), fc.nat(8))
  .map(([integer, places]) => integer / 10 ** places);
const fraction = fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 400 })).map(([part, whole]) => part / whole);
const share = fc.tuple(fc.nat(210), fc.integer({ min: 195, max: 210 })).map(([i, n]) => 100 * (1 - Math.min(i, n) / n));

/** Mostly of one kind, as the values of a series are, with some of another among them. */
function seriesOf(...kinds: fc.Arbitrary<bigint>[]): fc.Arbitrary<bigint[]> {
  return fc.oneof(
    ...kinds.map((kind) =>
      fc.array(fc.oneof({ weight: 30, arbitrary: kind }, oddBits), { minLength: 1, maxLength: 300 }),
    ),
  );
}

const series = seriesOf(
  anyBits,
  oddBits,
  large.map(bitsOfDouble),
  decimal.map(bitsOfDouble),
  fraction.map(bitsOfDouble),
  share.map(bitsOfDouble),
  fc.double().map(bitsOfDouble),
  fc.integer().map(bitsOfDouble),
  fc.constantFrom(1, 2).map(bitsOfDouble),
);

describe('the chunk codec', () => {
  it('gives back every bit of any doubles, compressed or not', () => {
    fc.assert(
      fc.property(series, fc.boolean(), (bits, compress) => {
        const values = new Float64Array(BigUint64Array.from(bits).buffer);
        const { back } = roundTrip({ times: everySecond(bits.length), values }, compress);
        expect(bitsOf(back.values)).toEqual(bits);
      }),
      { numRuns: 1500 },
    );
  });

  it('gives back the picked ones alone, and the same from chunks that were unpacked together', () => {
    const chunk = fc.tuple(series, fc.boolean(), fc.func(fc.boolean()));
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 4 }), (chunks) => {
        const written = chunks.map(([bits, compress]) => {
          const writer = new ByteWriter();
          const values = new Float64Array(BigUint64Array.from(bits).buffer);
          writeSamples(writer, { times: everySecond(bits.length), values }, origin, compress);
          return writer.finish();
        });
        for (const [i, unpacked] of unpackedAll(written).entries()) {
          const [bits, , isPicked] = chunks[i] as (typeof chunks)[number];
          const picks = Uint32Array.from(bits.keys()).filter((place) => isPicked(place));
          for (const bytes of [written[i] as Uint8Array, unpacked]) {
            const reader = new ByteReader(bytes);
            const { times, values } = readSamples(reader, origin, () => picks);
            expect(reader.done).toBe(true);
            expect([...times]).toEqual([...picks].map((place) => origin + place * 1000));
            expect(bitsOf(values)).toEqual([...picks].map((place) => bits[place]));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives back an hour of small and large steps', () => {
    const step = fc.oneof(
      fc.constantFrom(0, 0, 0, 1, -1),
      fc.integer({ min: -300, max: 300 }),
      fc.integer({ min: -(2 ** 23), max: 2 ** 23 }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.array(step, { minLength: 2, maxLength: 50 }), (order, steps) => {
        let values = Float64Array.from({ length: 3600 }, (_, i) => steps[(i * i + i) % steps.length] as number);
        for (let left = order; left > 0; left--) {
          let sum = 0;
          values = values.map((value) => (sum += value));
        }
        expect([...roundTrip({ times: everySecond(3600), values }, true).back.values]).toEqual([...values]);
      }),
      { numRuns: 60 },
    );
  });

  it('gives back any growing times', () => {
    const steps = fc.oneof(
      fc.array(fc.integer({ min: 1, max: 100_000_000 }), { maxLength: 60 }),
      fc.array(fc.constantFrom(1000, 1000, 1000, 2000, 15_000), { maxLength: 200 }),
    );
    fc.assert(
      fc.property(fc.integer({ min: -10_000, max: 3_600_000 }), steps, (first, gaps) => {
        const times = new Float64Array(gaps.length + 1);
        times[0] = origin + first;
        gaps.forEach((gap, i) => (times[i + 1] = (times[i] as number) + gap));
        expect([...roundTrip({ times, values: new Float64Array(times.length) }, true).back.times]).toEqual([...times]);
      }),
      { numRuns: 500 },
    );
  });

  it('never needs much more than the bits themselves', () => {
    const random = new Uint32Array(7200).map((_, i) => Math.imul(i + 1, 2654435761) ^ Math.imul(i + 7, 40503));
    const values = new Float64Array(random.buffer);
    expect(roundTrip({ times: everySecond(3600), values }, true).bytes).toBeLessThan(3600 * 8 + 64);
  });

  it('finds what prices, counters and shares of processor time have in common', () => {
    const count = 3600;
    const random = lcg();
    const bytesOf = (next: (i: number) => number): number =>
      roundTrip({ times: everySecond(count), values: Float64Array.from({ length: count }, (_, i) => next(i)) }, true)
        .bytes / count;
    let cents = 6_500_000;
    expect(bytesOf(() => (cents += random() < 0.5 ? Math.round((random() - 0.5) * 40) : 0) / 100)).toBeLessThan(0.7);
    let total = 123_456_789;
    expect(bytesOf(() => (total += Math.floor(random() * 100)))).toBeLessThan(1.2);
    expect(bytesOf(() => (100 * Math.floor(random() * 100)) / (198 + Math.floor(random() * 5)))).toBeLessThan(1.5);
    expect(bytesOf(() => 42)).toBeLessThan(0.01);
  });
});

function lcg(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketsPerDay } from './day-window.js';
import { instruments, ticksPerUnit } from './instrument.js';
import { orderBookOf } from './order-book.js';
import type { Distortion, Quote } from './price-engine.js';
import { PriceEngine } from './price-engine.js';

const anySeed = fc.integer({ min: 0, max: 0xffff_ffff });
const fewRuns = { numRuns: 20 };

function walk(engine: PriceEngine, steps: number, distortion?: Distortion): readonly Quote[] {
  for (let i = 0; i < steps; i++) engine.step(() => distortion ?? { priceRatio: 1 });
  return engine.quotes;
}

function expectSound(quote: Quote): void {
  const { day } = quote;
  const { bidTicks, lastTicks, askTicks, bidSteps, askSteps, lastSteps } = quote;
  for (const count of [bidTicks, lastTicks, askTicks, bidSteps, askSteps, lastSteps, day.volumeSteps]) {
    expect(Number.isSafeInteger(count)).toBe(true);
    expect(count).toBeGreaterThan(0);
  }
  expect(bidTicks).toBeLessThan(lastTicks);
  expect(lastTicks).toBeLessThan(askTicks);
  expect(day.lowTicks).toBeLessThanOrEqual(Math.min(lastTicks, day.openTicks));
  expect(day.highTicks).toBeGreaterThanOrEqual(Math.max(lastTicks, day.openTicks));
  const volume = BigInt(day.volumeSteps);
  expect(day.turnover >= BigInt(day.lowTicks) * volume && day.turnover <= BigInt(day.highTicks) * volume).toBe(true);
}

describe('PriceEngine', () => {
  it('walks the same way for the same seed', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 0, max: 50 }), (seed, steps) => {
        const [one, other] = [new PriceEngine({ instruments, seed }), new PriceEngine({ instruments, seed })];
        expect(walk(one, steps)).toEqual(walk(other, steps));
      }),
      fewRuns,
    );
  });

  it('walks another way for another seed', () => {
    const [one, other] = [new PriceEngine({ instruments, seed: 1 }), new PriceEngine({ instruments, seed: 2 })];
    expect(walk(one, 1)).not.toEqual(walk(other, 1));
  });

  it('keeps bid < last < ask on the tick grid and a consistent day, whatever the fault', () => {
    const distortions = fc.record({
      priceRatio: fc.double({ min: 0.01, max: 100, noNaN: true }),
      spreadRatio: fc.double({ min: 0.0001, max: 1.5, noNaN: true }),
    });
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 0, max: 20 }), distortions, (seed, steps, distortion) => {
        const engine = new PriceEngine({ instruments, seed });
        for (const quote of [...walk(engine, steps), ...walk(engine, 3, distortion), ...walk(engine, 1)])
          expectSound(quote);
      }),
      fewRuns,
    );
  });

  it('continues a stored walk as if it had never stopped', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 0, max: 20 }), (seed, steps) => {
        const original = new PriceEngine({ instruments, seed });
        walk(original, steps);
        const resumed = new PriceEngine({ instruments, seed, snapshot: structuredClone(original.snapshot()) });
        expect(resumed.quotes).toEqual(original.quotes);
        expect(walk(resumed, 15)).toEqual(walk(original, 15));
      }),
      fewRuns,
    );
  });

  it('is back on the seed\u2019s walk as soon as a fault ends', () => {
    const [faulty, sound] = [new PriceEngine({ instruments, seed: 7 }), new PriceEngine({ instruments, seed: 7 })];
    walk(faulty, 30, { priceRatio: 1.5, spreadRatio: 0.2 });
    walk(sound, 30);
    const prices = (engine: PriceEngine): number[] => walk(engine, 1).map((quote) => quote.lastTicks);
    expect(prices(faulty)).toEqual(prices(sound));
  });

  it('applies a price ratio and a spread', () => {
    const engine = new PriceEngine({ instruments, seed: 3 });
    const before = engine.quote('BTCUSDT') as Quote;
    engine.step(() => ({ priceRatio: 1.1, spreadRatio: 0.05 }));
    const after = engine.quote('BTCUSDT') as Quote;
    expect(after.lastTicks / before.lastTicks).toBeCloseTo(1.1, 2);
    expect((after.askTicks - after.bidTicks) / after.lastTicks).toBeCloseTo(0.05, 5);
  });

  it('stays near its anchors over a week and rolls its day', () => {
    const engine = new PriceEngine({ instruments: instruments.slice(0, 3), seed: 11 });
    walk(engine, 7 * 86_400);
    for (const quote of engine.quotes) {
      const drift = quote.lastTicks / ticksPerUnit(quote.instrument) / quote.instrument.anchorPrice;
      expect(drift).toBeGreaterThan(0.6);
      expect(drift).toBeLessThan(1.6);
      const dayVolume = quote.day.volumeSteps / 10 ** quote.instrument.quantityDecimals;
      expect(dayVolume / quote.instrument.dailyVolume).toBeGreaterThan(0.9);
      expect(dayVolume / quote.instrument.dailyVolume).toBeLessThan(1.1);
      expectSound(quote);
    }
    expect(engine.snapshot().instruments['BTCUSDT']?.window.buckets).toHaveLength(bucketsPerDay);
  });
});

describe('orderBookOf', () => {
  it('begins at the quote and only gets worse from there', () => {
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 1, max: 500 }), (seed, depth) => {
        for (const quote of new PriceEngine({ instruments, seed }).quotes) {
          const { bids, asks } = orderBookOf(quote, depth);
          expect(bids[0]).toEqual([quote.bidTicks, quote.bidSteps]);
          expect(asks[0]).toEqual([quote.askTicks, quote.askSteps]);
          expect(asks).toHaveLength(depth);
          for (let i = 1; i < bids.length; i++) expect(bids[i]?.[0]).toBeLessThan(bids[i - 1]?.[0] as number);
          for (let i = 1; i < asks.length; i++) expect(asks[i]?.[0]).toBeGreaterThan(asks[i - 1]?.[0] as number);
          expect([...bids, ...asks].every(([ticks, steps]) => ticks > 0 && steps > 0)).toBe(true);
        }
      }),
      { numRuns: 10 },
    );
  });
});

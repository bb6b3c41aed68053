import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holesIn, shortestHoleMs } from './holes.js';

const startMs = 1_000_000_000_000;

function historyOf(ticks: readonly boolean[]) {
  let asked = 0;
  return {
    asked: () => asked,
    completeness(fromMs: number, toMs: number): Promise<number> {
      asked++;
      const [from, to] = [(fromMs - startMs) / 1_000, (toMs - startMs) / 1_000];
      return Promise.resolve(ticks.slice(from, to).filter(Boolean).length / (to - from));
    },
  };
}

/** Second by second. */
function expected(ticks: readonly boolean[]) {
  const holes: { from: number; to: number }[] = [];
  let begun: number | undefined;
  for (let i = 0; i <= ticks.length; i++) {
    if (i < ticks.length && ticks[i] === false) begun ??= i;
    else if (begun !== undefined) {
      if ((i - begun) * 1_000 >= shortestHoleMs) holes.push({ from: startMs + begun * 1_000, to: startMs + i * 1_000 });
      begun = undefined;
    }
  }
  return holes;
}

describe('holesIn', () => {
  it('finds every stretch of ten seconds without a tick, to the second', async () => {
    const runs = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(runs, async (lengths) => {
        const ticks = lengths.flatMap(([there, count]) => new Array<boolean>(count).fill(there));
        expect(await holesIn(historyOf(ticks), startMs, startMs + ticks.length * 1_000)).toEqual(expected(ticks));
      }),
    );
  });

  it('asks once where nothing is missing, and little where a long time is', async () => {
    const whole = historyOf(new Array<boolean>(86_400).fill(true));
    expect(await holesIn(whole, startMs, startMs + 86_400_000)).toEqual([]);
    expect(whole.asked()).toBe(1);
    const torn = historyOf(Array.from({ length: 86_400 }, (_, i) => i < 10_000 || i >= 20_000));
    expect(await holesIn(torn, startMs, startMs + 86_400_000)).toHaveLength(1);
    expect(torn.asked()).toBeLessThan(100);
  });
});

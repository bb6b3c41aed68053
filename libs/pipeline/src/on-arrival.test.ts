import { Labels, type Series } from '@tapewatch/model';
import { FakeClock } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { OnArrival } from './on-arrival.js';

const metric = { otelName: 'p', name: 'p', type: 'gauge', unit: '', description: '' } as const;
const named = (s: string): Series => ({ metric, labels: Labels.of({ __name__: 'p', s }) });
const start = Date.UTC(2026, 0, 1);

/** Rounds as `ms since the tick: series`; each takes `tookMs`. */
function bench(tookMs = 0) {
  const clock = new FakeClock(start);
  let workedMs = 0;
  const rounds: string[] = [];
  const heads: number[] = [];
  const tick: { at: number | undefined } = { at: start };
  const unwanted = named('unwanted');
  const arrivals = new OnArrival({
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic() + workedMs,
      setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
    },
    store: {
      get ownTickAt() {
        return tick.at;
      },
      observe: (_, atMs) => heads.push(atMs - start) > 0,
    },
    engine: {
      awaits: (series) => series !== unwanted,
      arrive: (series, at, isLate) => {
        const before = isLate?.();
        workedMs += tookMs;
        rounds.push(
          `${at - start}: ${[...series].map(({ labels }) => labels.get('s')).join()}${before === isLate?.() ? '' : ' late'}`,
        );
      },
    },
  });
  return { clock, rounds, heads, tick, arrivals, unwanted };
}

describe('OnArrival', () => {
  it('judges what came at once, and in a flood in rounds of 25 ms, each series once', async () => {
    const { clock, rounds, heads, arrivals, unwanted } = bench();
    const [a, b] = [named('a'), named('b')];
    await clock.advance(100);
    arrivals.observed(a, 1);
    arrivals.observed(unwanted, 1);
    await clock.advance(0);
    for (let i = 0; i < 50; i++) {
      arrivals.observed(a, i);
      arrivals.pushed(b);
      await clock.advance(1);
    }
    await clock.advance(100);
    expect(rounds).toEqual(['100: a', '125: a,b', '150: a,b']);
    expect(heads.slice(0, 3)).toEqual([100, 100, 100]);
  });

  it('leaves three quarters of the time to others, and tells a round that has taken too long', async () => {
    const { clock, rounds, arrivals } = bench(30);
    const a = named('a');
    for (let i = 0; i < 300; i++) {
      arrivals.pushed(a);
      await clock.advance(1);
    }
    // 30 ms of work, then 90 for others.
    expect(rounds).toHaveLength(4);
    expect(rounds.every((round) => round.endsWith(' late'))).toBe(true);
  });

  it('has times after the last tick and before the next, that never go back, whatever the clock says', async () => {
    const { clock, rounds, heads, tick, arrivals } = bench();
    tick.at = undefined;
    arrivals.observed(named('a'), 1);
    arrivals.pushed(named('a'));
    await clock.advance(50);
    expect([heads, rounds]).toEqual([[], []]);
    tick.at = start + 5000;
    arrivals.observed(named('a'), 1);
    await clock.advance(50);
    await clock.advance(10_000);
    arrivals.observed(named('a'), 2);
    await clock.advance(50);
    expect(rounds).toEqual(['5001: a', '5999: a']);
  });

  it('judges nothing once it is stopped', async () => {
    const { clock, rounds, arrivals } = bench();
    arrivals.pushed(named('a'));
    arrivals.stop();
    arrivals.pushed(named('a'));
    await clock.advance(1000);
    expect(rounds).toEqual([]);
  });
});

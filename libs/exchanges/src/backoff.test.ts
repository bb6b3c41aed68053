import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.js';

const options = { firstMs: 1_000, longestMs: 30_000, random: () => 0 };

describe('Backoff', () => {
  it('waits longer from failure to failure', () => {
    const backoff = new Backoff(options);
    expect([backoff.nextMs(), backoff.nextMs(), backoff.nextMs()]).toEqual([500, 1_000, 2_000]);
  });

  it('starts over after a reset', () => {
    const backoff = new Backoff(options);
    backoff.nextMs();
    backoff.nextMs();
    backoff.reset();
    expect(backoff.nextMs()).toBe(500);
  });

  it('waits for as long as the other side asked', () => {
    expect(new Backoff(options).nextMs(90_000)).toBe(90_000);
  });
});

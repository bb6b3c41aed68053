import { describe, expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.js';

describe('VirtualClock', () => {
  it('runs what is due before a time, in order, each at its own', async () => {
    const clock = new VirtualClock(1_000);
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(`${name}@${clock.now()}`);
    clock.setTimeout(note('late'), 500);
    clock.setTimeout(note('first'), 100);
    clock.setTimeout(note('second'), 100);
    clock.setTimeout(note('never'), 200).cancel();
    await clock.advanceTo(1_500);
    expect(ran).toEqual(['first@1100', 'second@1100']);
    expect([clock.now(), clock.monotonic()]).toEqual([1_500, 1_500]);
    await clock.advanceTo(1_501);
    expect(ran.at(-1)).toBe('late@1500');
  });

  it('runs what a timer sets in the same go, and waits for what it began', async () => {
    const clock = new VirtualClock(0);
    const ran: number[] = [];
    const round = (): void => {
      clock.setTimeout(round, 1_000);
      void Promise.resolve()
        .then(() => undefined)
        .then(() => ran.push(clock.now()));
    };
    clock.setTimeout(round, 1_000);
    await clock.advanceTo(3_500);
    expect(ran).toEqual([1_000, 2_000, 3_000]);
  });

  it('is late with what fell due in a time that was skipped', async () => {
    const clock = new VirtualClock(0);
    const ran: number[] = [];
    clock.setTimeout(() => ran.push(clock.now()), 1_000);
    clock.skipTo(60_000);
    expect(ran).toEqual([]);
    await clock.advanceTo(60_001);
    expect(ran).toEqual([60_000]);
  });
});

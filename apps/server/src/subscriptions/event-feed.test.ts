import type { HealthEvent } from '@tapewatch/model';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeEventStream } from '../testing/fake-pipeline/fake-event-stream.js';
import { EventFeed } from './event-feed.js';

describe('EventFeed', () => {
  let stream: FakeEventStream<HealthEvent>;
  let ended: number;
  beforeEach(() => {
    stream = new FakeEventStream();
    ended = 0;
  });

  const happen = (count = 1): void => {
    for (let i = 0; i < count; i++) stream.append({ at: 0, component: 'x', status: 'healthy' });
  };
  const open = (after?: number, wanted?: (event: HealthEvent) => Promise<boolean>): Promise<EventFeed<HealthEvent>> =>
    EventFeed.open({ stream, after, wanted, onEnd: () => ended++ });
  const take = async (feed: EventFeed<HealthEvent>, count: number): Promise<number[]> => {
    const cursors: number[] = [];
    while (cursors.length < count) cursors.push((await feed.next()).value?.cursor ?? Number.NaN);
    return cursors;
  };
  /** What comes of one event that happens while the subscriber waits, its replay being over. */
  const afterwards = async (feed: EventFeed<HealthEvent>): Promise<number[]> => {
    const next = take(feed, 1);
    await new Promise((resolve) => setImmediate(resolve));
    happen();
    return next;
  };
  const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

  it('gives live events alone without a cursor', async () => {
    happen(3);
    const feed = await open();
    happen(2);
    expect(await take(feed, 2)).toEqual([4, 5]);
  });

  it('waits for the next event', async () => {
    const feed = await open();
    const next = take(feed, 1);
    happen();
    expect(await next).toEqual([1]);
  });

  it('gives what was missed first, then what happens', async () => {
    happen(450);
    const feed = await open(2);
    expect(await take(feed, 448)).toEqual(upTo(450, 3));
    happen(2);
    expect(await take(feed, 2)).toEqual([451, 452]);
  });

  it('leaves no gap and gives none twice when events happen while the log is read', async () => {
    happen(10);
    let rounds = 3;
    stream.onSince = () => {
      if (rounds-- > 0) happen(2);
    };
    const feed = await open(0);
    expect(await take(feed, 16)).toEqual(upTo(16));
    expect(await afterwards(feed)).toEqual([17]);
  });

  it('reads on in the log when more happens during the replay than the queue holds', async () => {
    happen(10);
    let burst = true;
    stream.onSince = () => {
      if (burst) happen(3000);
      burst = false;
    };
    const feed = await open(0);
    expect(await take(feed, 3010)).toEqual(upTo(3010));
    expect(await afterwards(feed)).toEqual([3011]);
  });

  it('ends with the cursor to resume from when the subscriber falls too far behind', async () => {
    const feed = await open();
    happen(1500);
    expect(await take(feed, 1024)).toEqual(upTo(1024));
    await expect(feed.next()).rejects.toMatchObject({ extensions: { code: 'UNAVAILABLE', cursor: '1024' } });
    expect(await feed.next()).toEqual({ value: undefined, done: true });
    expect([stream.listeners, ended]).toEqual([0, 1]);
    expect(await take(await open(1024), 476)).toEqual(upTo(1500, 1025));
  });

  it('ends at once, even while it waits', async () => {
    const feed = await open();
    const waiting = feed.next();
    await feed.return();
    expect(await waiting).toEqual({ value: undefined, done: true });
    await feed.return();
    expect([stream.listeners, ended]).toEqual([0, 1]);
  });

  it('ends while it replays', async () => {
    happen(5);
    const feed = await open(0);
    stream.onSince = () => void feed.return();
    expect(await feed.next()).toEqual({ value: undefined, done: true });
  });

  it('ends when the log cannot be read', async () => {
    const feed = await open(0);
    stream.onSince = () => {
      throw new Error('disk');
    };
    await expect(feed.next()).rejects.toThrow('disk');
    expect([stream.listeners, ended]).toEqual([0, 1]);
  });

  it('leaves out what is not wanted', async () => {
    happen(4);
    const feed = await open(0, (event) => Promise.resolve(event.cursor % 2 === 0));
    happen(2);
    expect(await take(feed, 3)).toEqual([2, 4, 6]);
  });

  it('refuses a cursor beyond the newest event', async () => {
    happen(3);
    await expect(open(4)).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT', path: 'after' } });
    await expect(open(3)).resolves.toBeDefined();
    expect(stream.listeners).toBe(1);
  });

  it('gives every event after the cursor once and in order, whenever they happen', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(600),
        fc.nat(600),
        fc.array(fc.tuple(fc.boolean(), fc.nat(700)), { maxLength: 12 }),
        async (before, skip, steps) => {
          stream = new FakeEventStream();
          happen(before);
          const after = Math.min(skip, before);
          const bursts = steps.filter(([whileReading]) => whileReading).map(([, count]) => count);
          stream.onSince = () => happen(bursts.shift() ?? 0);
          const feed = await open(after);
          const seen: number[] = [];
          for (const [whileReading, count] of steps) {
            if (!whileReading) happen(Math.min(count, 1000));
            while (seen.length + after < stream.events.length) seen.push(...(await take(feed, 1)));
          }
          while (seen.length + after < stream.events.length) seen.push(...(await take(feed, 1)));
          stream.onSince = () => undefined;
          seen.push(...(await afterwards(feed)));
          expect(seen).toEqual(upTo(stream.events.length, after + 1));
          await feed.return();
        },
      ),
      { numRuns: 100 },
    );
  });
});

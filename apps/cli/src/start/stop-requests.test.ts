import { FakeClock } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { StopRequests } from './stop-requests.js';

describe('StopRequests', () => {
  it('counts requests, the same Ctrl-C that comes twice only once', async () => {
    const clock = new FakeClock();
    const counts: number[] = [];
    const stops = new StopRequests({ clock, onRequest: (count) => counts.push(count) });
    expect(stops.isRequested).toBe(false);
    stops.request();
    stops.request();
    expect(counts).toEqual([1]);
    await stops.requested;
    await clock.advance(300);
    stops.request();
    await clock.advance(300);
    stops.request();
    expect(counts).toEqual([1, 2, 3]);
    expect(stops.isRequested).toBe(true);
  });
});

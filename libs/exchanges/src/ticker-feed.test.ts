import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CcxtSocket } from './ccxt-library.js';
import { TickerFeed, worstState } from './ticker-feed.js';

const socket: CcxtSocket = { url: 'ws://a', send: () => Promise.resolve() };
const other: CcxtSocket = { url: 'ws://b', send: () => Promise.resolve() };

function feed(): TickerFeed {
  return new TickerFeed(['BTC/USDT'], 10_000, 0);
}

describe('TickerFeed', () => {
  it('ages from the start of watching when nothing ever came', () => {
    expect(feed().ageMs(25_000)).toBe(25_000);
    expect(feed().fresh(1)).toBe(false);
    expect(feed().state(25_000, false)).toBe('cut_off');
  });

  it('is quiet on a connection that has only just been made, and stuck when nothing comes', () => {
    expect(feed().state(1_000, true)).toBe('quiet');
    expect(feed().state(10_001, true)).toBe('stuck');
  });

  it('is live while messages come, and stuck when they stop on an open connection', () => {
    const ticker = feed();
    ticker.message(socket, 1_000);
    expect(ticker.state(11_000, true)).toBe('live');
    expect(ticker.state(11_001, true)).toBe('stuck');
    expect(ticker.liveSinceMs(11_001)).toBeUndefined();
  });

  it('is quiet, not stuck, while the venue says that it is well', () => {
    const ticker = feed();
    ticker.message(socket, 1_000);
    ticker.heartbeat(socket, 20_000);
    ticker.heartbeat(other, 29_000);
    expect(ticker.state(30_000, true)).toBe('quiet');
    expect(ticker.fresh(30_000)).toBe(false);
    expect(ticker.state(30_001, true)).toBe('stuck');
  });

  it('is cut off at once when its connection ends, and goes on ageing', () => {
    const ticker = feed();
    ticker.message(socket, 1_000);
    expect(ticker.lost(other)).toBe(false);
    expect(ticker.lost(socket)).toBe(true);
    expect(ticker.state(1_001, false)).toBe('cut_off');
    expect(ticker.fresh(1_001)).toBe(false);
    expect(ticker.ageMs(61_000)).toBe(60_000);
  });

  it('begins a new run after a gap and after a new connection', () => {
    const ticker = feed();
    ticker.message(socket, 1_000);
    ticker.message(socket, 2_000);
    expect(ticker.liveSinceMs(2_000)).toBe(1_000);
    ticker.message(socket, 12_001);
    expect(ticker.liveSinceMs(12_001)).toBe(12_001);
    ticker.lost(socket);
    ticker.message(other, 12_500);
    expect(ticker.liveSinceMs(12_500)).toBe(12_500);
  });

  it('is live exactly when prices may stand, whatever happens', () => {
    const event = fc.record({
      kind: fc.constantFrom('message', 'heartbeat', 'lost'),
      afterMs: fc.integer({ min: 0, max: 15_000 }),
    });
    fc.assert(
      fc.property(fc.array(event), fc.integer({ min: 0, max: 15_000 }), fc.boolean(), (events, laterMs, open) => {
        const ticker = feed();
        let nowMs = 0;
        for (const { kind, afterMs } of events) {
          nowMs += afterMs;
          if (kind === 'message') ticker.message(socket, nowMs);
          else if (kind === 'heartbeat') ticker.heartbeat(socket, nowMs);
          else ticker.lost(socket);
        }
        nowMs += laterMs;
        expect(ticker.state(nowMs, open) === 'live').toBe(ticker.liveSinceMs(nowMs) !== undefined);
        if (ticker.fresh(nowMs)) expect(ticker.connected && ticker.ageMs(nowMs) <= 10_000).toBe(true);
      }),
    );
  });
});

describe('worstState', () => {
  it('takes cut_off before stuck before quiet before live', () => {
    expect(worstState(['live', 'quiet', 'stuck', 'cut_off'])).toBe('cut_off');
    expect(worstState(['stuck', 'live', 'quiet'])).toBe('stuck');
    expect(worstState(['live', 'quiet'])).toBe('quiet');
    expect(worstState(['live'])).toBe('live');
  });
});

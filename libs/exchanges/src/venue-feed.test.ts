import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { describe, expect, it } from 'vitest';
import { loadCcxt } from './ccxt-library.js';
import type { CcxtClient, CcxtSocket } from './ccxt-library.js';
import { exchangeDefaults } from './exchange-options.js';
import { ExchangeRecord } from './exchange-record.js';
import { VenueFeed } from './venue-feed.js';

const options = { id: 'main', venue: 'kraken', symbols: ['BTC/USD', 'ETH/USD'], ...exchangeDefaults };

interface FakeSocket extends CcxtSocket {
  terminated: number;
}

function openSocket(): FakeSocket {
  const socket: FakeSocket = {
    url: 'ws://a',
    terminated: 0,
    connection: { terminate: () => void (socket.terminated += 1) },
    send: () => Promise.resolve(),
  };
  return socket;
}

/** A venue whose watchTickers is in the test's hand. */
class Bench {
  readonly clock = new FakeClock();
  readonly logger = new RecordingLogger();
  readonly record = new ExchangeRecord(options, []);
  readonly abort = new AbortController();
  /** What the venue lists. */
  readonly symbols = [...options.symbols];
  readonly asked: string[] = [];
  watchTickers: () => Promise<unknown> = () => Promise.resolve();
  readonly feed = new VenueFeed({
    client: this.#client(),
    library: loadCcxt(),
    record: this.record,
    clock: this.clock,
    logger: this.logger,
    random: () => 0.5,
  });

  constructor() {
    this.record.begin(0);
    this.feed.noteListed();
  }

  watch(): Promise<unknown> {
    return Promise.all(this.record.feeds.map((feed) => this.feed.watch(feed, this.abort.signal)));
  }

  deliver(socket: CcxtSocket): void {
    this.feed.ticker(socket, 'BTC/USD', { last: 1 });
    this.feed.frame(socket, {}, 1);
  }

  state(): string {
    return this.record.feedState(this.clock.monotonic());
  }

  #client(): CcxtClient {
    const client: Partial<CcxtClient> = {
      symbols: this.symbols,
      watchTickers: (symbols) => {
        this.asked.push(symbols.join(' '));
        return this.watchTickers();
      },
    };
    return client as CcxtClient;
  }
}

describe('VenueFeed', () => {
  it('reads once a second while the feed lives', async () => {
    const bench = new Bench();
    const socket = openSocket();
    bench.feed.opened(socket);
    bench.deliver(socket);
    void bench.watch();
    await bench.clock.advance(10_000);
    expect(bench.asked).toHaveLength(11);
    bench.abort.abort();
  });

  it('spaces its redials ever further, and tells the loss once', async () => {
    const bench = new Bench();
    bench.watchTickers = () => Promise.reject(new Error('refused'));
    void bench.watch();
    await bench.clock.advance(120_000);
    // 0.75, 1.5, 3, 6, 12, 22.5, 22.5, ... seconds apart
    expect(bench.asked).toHaveLength(10);
    expect(bench.logger.lines.filter((line) => line.level === 'warn')).toHaveLength(1);
    bench.abort.abort();
  });

  it('counts the end of a connection once, and one that was never made as a failed connect', () => {
    const bench = new Bench();
    const socket = openSocket();
    bench.feed.opened(socket);
    bench.feed.ended(socket, { closeCode: 1001 });
    bench.feed.ended(socket, { error: new Error('late') });
    bench.feed.ended(openSocket(), { error: new Error('refused') });
    const disconnects = [...bench.record.disconnects].filter((entry) => entry.count > 0);
    expect(disconnects).toEqual([{ attributes: { close_code: '1001' }, count: 1 }]);
    expect([...bench.record.connects]).toEqual([
      { attributes: {}, count: 1 },
      { attributes: { 'error.type': 'unknown' }, count: 1 },
    ]);
    expect(bench.record.errors.total(0)).toBe(2);
  });

  it('is not brought back to life by frames that were still queued when the connection ended', () => {
    const bench = new Bench();
    const socket = openSocket();
    bench.feed.opened(socket);
    bench.deliver(socket);
    expect(bench.state()).toBe('live');
    bench.feed.ended(socket, { closeCode: 1006 });
    bench.deliver(socket);
    expect(bench.state()).toBe('cut_off');
    expect(bench.record.feedMessages).toBe(1);
  });

  it('drops a connection that is open and silent, once, heartbeats or not', async () => {
    const bench = new Bench();
    const socket = openSocket();
    bench.feed.opened(socket);
    bench.deliver(socket);
    const watching = bench.feed.watchdog(bench.abort.signal);
    await bench.clock.advance(29_000);
    bench.feed.frame(socket, { channel: 'heartbeat' }, 0);
    expect(socket.terminated).toBe(0);
    expect(bench.state()).toBe('quiet');
    await bench.clock.advance(10_000);
    expect(socket.terminated).toBe(1);
    expect(bench.record.stalls).toBe(1);
    bench.feed.ended(socket, { closeCode: 1006 });
    expect([...bench.record.disconnects]).toContainEqual({ attributes: { 'error.type': 'stalled' }, count: 1 });
    bench.abort.abort();
    await watching;
  });

  it('looks again for symbols that were not listed, and subscribes to them when they are', async () => {
    const bench = new Bench();
    const socket = openSocket();
    bench.symbols.pop();
    bench.feed.noteListed();
    bench.feed.opened(socket);
    let loads = 0;
    const load = (): Promise<void> => {
      loads += 1;
      bench.feed.noteListed();
      return Promise.resolve();
    };
    void bench.watch();
    void bench.feed.relist(load, bench.abort.signal);
    await bench.clock.advance(600_000);
    expect(loads).toBe(1);
    expect(socket.terminated).toBe(0);
    bench.symbols.push('ETH/USD');
    await bench.clock.advance(640_000);
    expect(socket.terminated).toBe(1);
    expect(bench.asked[0]).toBe('BTC/USD');
    expect(bench.asked.at(-1)).toBe('BTC/USD ETH/USD');
    await bench.clock.advance(1_200_000);
    expect(loads).toBe(2);
    bench.abort.abort();
  });

  it('does not count what it does itself when it stops', () => {
    const bench = new Bench();
    const socket = openSocket();
    bench.feed.opened(socket);
    bench.feed.stopping();
    bench.feed.terminate();
    bench.feed.ended(socket, { closeCode: 1006 });
    expect(socket.terminated).toBe(1);
    expect([...bench.record.disconnects].every((entry) => entry.count === 0)).toBe(true);
  });
});

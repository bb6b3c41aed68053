import { delay, messageOf } from '@tapewatch/model';
import type { Clock, Logger } from '@tapewatch/model';
import { Backoff } from './backoff.js';
import type { CcxtClient, CcxtLibrary, CcxtSocket } from './ccxt-library.js';
import { errorTypeOf } from './error-type.js';
import type { ExchangeRecord } from './exchange-record.js';
import type { TickerFeed } from './ticker-feed.js';
import { operationScope } from './venue-client.js';
import type { SocketEnd } from './venue-client.js';
import { dialectOf } from './venue-dialect.js';

/** Tickers are read once a second: awaiting every message costs ccxt twice the CPU, and the client keeps the newest anyway. */
const sampleIntervalMs = 1_000;

/** A connection that lasted this long was a good one: the next redial starts from the shortest delay. */
const stableAfterMs = 30_000;

/** How often symbols that the venue did not list are looked for again. */
const relistIntervalMs = 600_000;

interface OpenSocket {
  readonly openedMs: number;
  lastTickerMs: number;
  stalled: boolean;
}

export interface VenueFeedOptions {
  readonly client: CcxtClient;
  readonly library: CcxtLibrary;
  readonly record: ExchangeRecord;
  readonly arrived?: (record: ExchangeRecord, symbol: string) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** The WebSocket side of one session: keeps every subscription alive, ends connections that went silent. */
export class VenueFeed {
  readonly #options: VenueFeedOptions;
  readonly #open = new Map<CcxtSocket, OpenSocket>();
  readonly #ended = new WeakSet<CcxtSocket>();
  #listed: ReadonlySet<string> = new Set();
  #stopping = false;

  constructor(options: VenueFeedOptions) {
    this.#options = options;
  }

  opened(socket: CcxtSocket): void {
    const nowMs = this.#options.clock.monotonic();
    this.#open.set(socket, { openedMs: nowMs, lastTickerMs: nowMs, stalled: false });
    this.#options.record.openSockets = this.#open.size;
    this.#options.record.countConnect();
  }

  ended(socket: CcxtSocket, end: SocketEnd): void {
    if (this.#ended.has(socket)) return;
    this.#ended.add(socket);
    const { record, library, clock } = this.#options;
    const wasOpen = this.#open.get(socket);
    this.#open.delete(socket);
    record.openSockets = this.#open.size;
    for (const feed of record.feeds) feed.lost(socket);
    if (this.#stopping) return;
    const errorType = 'error' in end ? errorTypeOf(library, end.error) : 'network';
    if (wasOpen === undefined) record.countFailedConnect(errorType, clock.monotonic());
    else record.countDisconnect(disconnectAttributes(wasOpen, end, errorType), clock.monotonic());
  }

  ticker(socket: CcxtSocket, symbol: string, raw: unknown): void {
    // frames that were still queued when their connection ended must not bring its feed back to life
    if (!this.#open.has(socket)) return;
    const { record, clock } = this.#options;
    const nowMs = clock.monotonic();
    record.feedOf(symbol)?.message(socket, nowMs);
    if (record.board.accept(symbol, raw, nowMs, clock.now())) this.#options.arrived?.(record, symbol);
  }

  frame(socket: CcxtSocket, frame: unknown, tickers: number): void {
    const { record, clock } = this.#options;
    const open = this.#open.get(socket);
    if (open === undefined) return;
    if (tickers > 0) {
      record.feedMessages += 1;
      open.lastTickerMs = clock.monotonic();
    } else if (dialectOf(record.options.venue).isHeartbeat(frame)) {
      for (const feed of record.feeds) feed.heartbeat(socket, clock.monotonic());
    }
  }

  malformedFrame(error: unknown): void {
    this.#options.record.board.countMalformed();
    this.#options.logger.debug({ error: messageOf(error).slice(0, 500) }, 'exchange sent a frame that cannot be read');
  }

  /** Ends connections that are open and silent: ccxt never finds out by itself. */
  async watchdog(signal: AbortSignal): Promise<void> {
    const { record, clock } = this.#options;
    const { feedTimeoutMs } = record.options;
    while (!signal.aborted) {
      await delay(clock, Math.min(1_000, feedTimeoutMs / 4), signal);
      const nowMs = clock.monotonic();
      for (const [socket, open] of this.#open) {
        if (!open.stalled && nowMs - open.lastTickerMs >= feedTimeoutMs) this.#endStalled(socket, open, nowMs);
      }
    }
  }

  /** Looks again for symbols that the venue did not list; `load` asks it for its markets and notes them. */
  async relist(load: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { record, clock } = this.#options;
    while (!signal.aborted) {
      await delay(clock, relistIntervalMs, signal);
      const missing = record.options.symbols.filter((symbol) => !this.#listed.has(symbol));
      if (signal.aborted || missing.length === 0) continue;
      await load();
      // one connection carries one list of symbols: the next redial takes the longer one
      if (missing.some((symbol) => this.#listed.has(symbol))) this.terminate();
    }
  }

  /** From now on ends of connections are our own doing. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Drops every open connection without waiting for the peer. */
  terminate(): void {
    for (const socket of this.#open.keys()) socket.connection?.terminate();
  }

  /** Takes over which symbols the venue lists, after the client has loaded its markets. */
  noteListed(): void {
    const { client, record, logger } = this.#options;
    const known = new Set(client.symbols);
    this.#listed = new Set(record.options.symbols.filter((symbol) => known.has(symbol)));
    const unlisted = record.options.symbols.filter((symbol) => !known.has(symbol));
    if (unlisted.length === 0) return;
    logger.warn(
      { symbols: unlisted.slice(0, 20), count: unlisted.length },
      'venue does not list these symbols; looking again later',
    );
  }

  /** Keeps one subscription alive until the signal. */
  async watch(feed: TickerFeed, signal: AbortSignal): Promise<void> {
    const { client, record, clock, random } = this.#options;
    const { tickerParams } = dialectOf(record.options.venue);
    const backoff = new Backoff({ firstMs: 1_000, longestMs: 30_000, random });
    const streak = new Streak(stableAfterMs);
    while (!signal.aborted) {
      const symbols = feed.symbols.filter((symbol) => this.#listed.has(symbol));
      if (symbols.length === 0) {
        await delay(clock, sampleIntervalMs, signal);
        continue;
      }
      try {
        await operationScope.run({ operation: 'watchTickers' }, () => client.watchTickers(symbols, tickerParams));
        if (streak.delivered(clock.monotonic())) backoff.reset();
        if (streak.recovered()) this.#options.logger.info({ symbols: symbols.length }, 'exchange feed is back');
        await delay(clock, sampleIntervalMs, signal);
        if (feed.connected || signal.aborted) continue;
        this.#noteLoss(streak, 'The connection ended.');
      } catch (thrown) {
        if (signal.aborted) return;
        this.#noteLoss(streak, messageOf(thrown));
      }
      await delay(clock, backoff.nextMs(), signal);
    }
  }

  #noteLoss(streak: Streak, error: string): void {
    const fields = { error: error.slice(0, 500) };
    if (streak.failed()) this.#options.logger.warn(fields, 'exchange feed is lost');
    else this.#options.logger.debug(fields, 'exchange feed is still lost');
  }

  #endStalled(socket: CcxtSocket, open: OpenSocket, nowMs: number): void {
    open.stalled = true;
    this.#options.record.stalls += 1;
    const silentMs = Math.round(nowMs - open.lastTickerMs);
    this.#options.logger.warn({ silentMs }, 'exchange feed is silent; its connection is dropped and dialled anew');
    socket.connection?.terminate();
  }
}

/** A row of deliveries, or of failures. */
class Streak {
  readonly #stableAfterMs: number;
  #sinceMs: number | undefined;
  #failing = false;

  constructor(stableAfterMs: number) {
    this.#stableAfterMs = stableAfterMs;
  }

  /** Returns whether deliveries have gone on for long enough to forget earlier failures. */
  delivered(nowMs: number): boolean {
    this.#sinceMs ??= nowMs;
    return nowMs - this.#sinceMs >= this.#stableAfterMs;
  }

  /** Returns whether this ends a row of failures. */
  recovered(): boolean {
    const was = this.#failing;
    this.#failing = false;
    return was;
  }

  /** Returns whether this begins a row of failures. */
  failed(): boolean {
    this.#sinceMs = undefined;
    const was = this.#failing;
    this.#failing = true;
    return !was;
  }
}

function disconnectAttributes(socket: OpenSocket, end: SocketEnd, errorType: string): Readonly<Record<string, string>> {
  if (socket.stalled) return { 'error.type': 'stalled' };
  return 'closeCode' in end ? { close_code: String(end.closeCode) } : { 'error.type': errorType };
}

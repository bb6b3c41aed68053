import type { ErrorType } from './error-type.js';
import type { ExchangeOptions } from './exchange-options.js';
import type { ExchangeView, TickerView } from './exchange-view.js';
import { HourlyCount } from './hourly-count.js';
import { RequestLog } from './request-log.js';
import { TickerBoard } from './ticker-board.js';
import type { TickerEntry } from './ticker-board.js';
import { TickerFeed, worstState } from './ticker-feed.js';
import type { FeedState } from './ticker-feed.js';

/** Binance's bound of subscriptions in one call; the others take at least as many. */
const symbolsPerSubscription = 200;

const firstVerdictMs = 10_000;

/** What the shipped rule TickerStale grants a symbol. One that has not delivered yet has no age before. */
const firstTickerWithinMs = 60_000;

/** One way in which connections were made or ended, and how often. */
export interface ConnectionCount {
  readonly attributes: Readonly<Record<string, string>>;
  count: number;
}

/** Everything known about one exchange: the session writes it, metrics and views read it. Times are the monotonic clock's. */
export class ExchangeRecord {
  readonly options: ExchangeOptions;
  readonly requests: RequestLog;
  readonly board: TickerBoard;
  readonly errors = new HourlyCount();
  readonly #connects = new Map<string, ConnectionCount>();
  readonly #disconnects = new Map<string, ConnectionCount>();
  readonly #feedBySymbol = new Map<string, TickerFeed>();
  #feeds: readonly TickerFeed[] = [];
  #beganMs: number | undefined;
  #dialled = false;
  openSockets = 0;
  feedMessages = 0;
  stalls = 0;

  /** `operations`: the REST calls that the session makes. */
  constructor(options: ExchangeOptions, operations: readonly string[]) {
    this.options = options;
    this.requests = new RequestLog(operations);
    this.board = new TickerBoard(options.symbols, options.staleAfterMs);
    // what alert rules count exists with 0 from the start, so that its first occurrence is an increase
    count(this.#connects, {}, 0);
    for (const attributes of [{ close_code: '1006' }, { 'error.type': 'network' }, { 'error.type': 'stalled' }]) {
      count(this.#disconnects, attributes, 0);
    }
  }

  /** Watching begins: from now on feeds age. */
  begin(nowMs: number): void {
    const { symbols, staleAfterMs } = this.options;
    this.#beganMs = nowMs;
    const chunks = Array.from({ length: Math.ceil(symbols.length / symbolsPerSubscription) }, (_, i) =>
      symbols.slice(i * symbolsPerSubscription, (i + 1) * symbolsPerSubscription),
    );
    this.#feeds = chunks.map((chunk) => new TickerFeed(chunk, staleAfterMs, nowMs));
    for (const feed of this.#feeds) for (const symbol of feed.symbols) this.#feedBySymbol.set(symbol, feed);
  }

  get feeds(): readonly TickerFeed[] {
    return this.#feeds;
  }

  feedOf(symbol: string): TickerFeed | undefined {
    return this.#feedBySymbol.get(symbol);
  }

  countConnect(): void {
    this.#dialled = true;
    count(this.#connects, {}, 1);
  }

  countFailedConnect(errorType: ErrorType, nowMs: number): void {
    this.#dialled = true;
    count(this.#connects, { 'error.type': errorType }, 1);
    this.errors.add(nowMs);
  }

  countDisconnect(attributes: Readonly<Record<string, string>>, nowMs: number): void {
    count(this.#disconnects, attributes, 1);
    this.errors.add(nowMs);
  }

  get connects(): Iterable<ConnectionCount> {
    return this.#connects.values();
  }

  get disconnects(): Iterable<ConnectionCount> {
    return this.#disconnects.values();
  }

  /** REST answered lately and every feed is fresh. */
  connected(nowMs: number): boolean {
    const restWithinMs = Math.max(30_000, 3 * this.options.pollIntervalMs);
    const answeredMs = this.requests.lastAnswerMs;
    if (answeredMs === undefined || nowMs - answeredMs > restWithinMs) return false;
    return this.#feeds.length > 0 && this.#feeds.every((feed) => feed.fresh(nowMs));
  }

  /** Of the feed as a whole: that of its oldest subscription. Absent before watching has begun. */
  feedAgeMs(nowMs: number): number | undefined {
    return this.#feeds.length === 0 ? undefined : Math.max(...this.#feeds.map((feed) => feed.ageMs(nowMs)));
  }

  /**
   * The age by which the feed is judged. Absent while a subscription may only not have delivered yet: a small age at the start
   * would say that all is well, and a stale feed whose alert outlived a restart would seem to be back.
   */
  judgedFeedAgeMs(nowMs: number): number | undefined {
    return this.#feeds.every((feed) => feed.judged(nowMs)) ? this.feedAgeMs(nowMs) : undefined;
  }

  feedState(nowMs: number): FeedState {
    return worstState(this.#feeds.map((feed) => feed.state(nowMs, this.openSockets > 0)));
  }

  /** Whether REST works; undefined while it is too early to say. */
  restUp(nowMs: number): boolean | undefined {
    return this.requests.up ?? this.#judgedLate(nowMs);
  }

  /** Whether every feed has its connection; undefined while it is too early to say. */
  socketsUp(nowMs: number): boolean | undefined {
    if (this.openSockets > 0) return this.#feeds.every((feed) => feed.connected);
    return this.#dialled ? false : this.#judgedLate(nowMs);
  }

  /** A venue that has not been reached at all is down only after a while: at the start everything takes its time. */
  #judgedLate(nowMs: number): false | undefined {
    return this.#beganMs !== undefined && nowMs - this.#beganMs > firstVerdictMs ? false : undefined;
  }

  /** Since the last valid ticker. Of a symbol without one: since watching began, and absent while that is not long ago. */
  tickerAgeMs(symbol: string, nowMs: number): number | undefined {
    const entry = this.board.entry(symbol);
    if (entry !== undefined) return nowMs - entry.arrivedMs;
    const watchedMs = this.#beganMs === undefined ? 0 : nowMs - this.#beganMs;
    return watchedMs > firstTickerWithinMs ? watchedMs : undefined;
  }

  /** The ticker whose prices still stand. */
  currentTicker(symbol: string, nowMs: number): TickerEntry | undefined {
    return this.board.current(symbol, this.feedOf(symbol)?.liveSinceMs(nowMs), nowMs);
  }

  view(nowMs: number): ExchangeView {
    const feedAgeMs = this.feedAgeMs(nowMs);
    const { latencyMs, clockOffset } = this.requests;
    const used = this.requests.weights(nowMs).flatMap(({ used, limit }) => (limit === undefined ? [] : [used / limit]));
    return {
      id: this.options.id,
      venue: this.options.venue,
      connected: this.connected(nowMs),
      ...(feedAgeMs === undefined ? {} : { feedAgeMs }),
      ...(latencyMs === undefined ? {} : { requestLatencyMs: latencyMs }),
      ...(clockOffset === undefined ? {} : { clockOffsetMs: clockOffset.offsetMs }),
      ...(used.length === 0 ? {} : { rateLimitUsedRatio: Math.max(...used) }),
      errorsLastHour: this.errors.total(nowMs),
      tickers: this.options.symbols.flatMap((symbol) => this.#tickerView(symbol, nowMs)),
    };
  }

  #tickerView(symbol: string, nowMs: number): readonly TickerView[] {
    const entry = this.board.entry(symbol);
    if (entry === undefined) return [];
    const { last, bid, ask, volumeBase } = this.currentTicker(symbol, nowMs)?.ticker ?? {};
    return [
      {
        symbol,
        at: entry.at,
        ...(last === undefined ? {} : { last }),
        ...(bid === undefined ? {} : { bid }),
        ...(ask === undefined ? {} : { ask }),
        ...(volumeBase === undefined ? {} : { volumeBase24h: volumeBase }),
        ageMs: nowMs - entry.arrivedMs,
      },
    ];
  }
}

/** The close code is the peer's to choose: past so many different ones they are counted together. */
const maxConnectionCounts = 30;

function count(counts: Map<string, ConnectionCount>, attributes: Readonly<Record<string, string>>, by: number): void {
  const key = Object.entries(attributes).flat().join(' ');
  const known = counts.get(key);
  if (known !== undefined) known.count += by;
  else if (counts.size < maxConnectionCounts || key === 'close_code other') counts.set(key, { attributes, count: by });
  else count(counts, { close_code: 'other' }, by);
}

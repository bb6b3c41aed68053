import type { Attributes } from '@opentelemetry/api';
import type { ExchangeRecord } from './exchange-record.js';
import type { InstrumentName } from './instrument-table.js';
import { feedStates } from './ticker-feed.js';
import type { TickerEntry } from './ticker-board.js';
import { invalidTickerReasons } from './ticker-validation.js';

export type Observe = (name: InstrumentName, value: number, attributes: Attributes) => void;

/**
 * Reads one exchange's record into its series. Attribute objects are made once per series: whoever collects them may use
 * them as keys.
 */
export class ExchangeSeries {
  readonly #record: ExchangeRecord;
  readonly #tickers: TickerSeries;
  readonly #base: Attributes;
  readonly #feed: Attributes;
  readonly #made = new Map<string, Attributes>();

  constructor(record: ExchangeRecord, tickers: TickerSeries) {
    this.#record = record;
    this.#tickers = tickers;
    this.#base = { exchange: record.options.id, venue: record.options.venue };
    this.#feed = { ...this.#base, feed: 'ticker' };
  }

  observe(observe: Observe, nowMs: number): void {
    this.#observeConnection(observe, nowMs);
    this.#observeRequests(observe, nowMs);
    this.#observeFeed(observe, nowMs);
    for (const reason of invalidTickerReasons) {
      observe('exchange.ticker.invalid', this.#record.board.invalid[reason], this.#with({ reason }));
    }
    this.#tickers.observe(observe, nowMs);
  }

  #observeConnection(observe: Observe, nowMs: number): void {
    const record = this.#record;
    const up = { rest: record.restUp(nowMs), ws: record.socketsUp(nowMs) };
    for (const transport of ['rest', 'ws'] as const) {
      if (up[transport] !== undefined) observe('exchange.up', up[transport] ? 1 : 0, this.#with({ transport }));
    }
    observe('exchange.connected', record.connected(nowMs) ? 1 : 0, this.#base);
    for (const { attributes, count } of record.connects) observe('exchange.ws.connects', count, this.#with(attributes));
    for (const { attributes, count } of record.disconnects) {
      observe('exchange.ws.disconnects', count, this.#with(attributes));
    }
  }

  #observeRequests(observe: Observe, nowMs: number): void {
    const { requests, options } = this.#record;
    for (const { operation, errorType, count } of requests.failures) {
      observe('exchange.request.errors', count, this.#with({ operation, 'error.type': errorType }));
    }
    for (const { window, used, limit } of requests.weights(nowMs)) {
      const attributes = this.#with({ window });
      observe('exchange.rate_limit.used', used, attributes);
      if (limit !== undefined) observe('exchange.rate_limit.utilization', used / limit, attributes);
    }
    for (const [window, limit] of requests.weightLimits)
      observe('exchange.rate_limit.limit', limit, this.#with({ window }));
    const offset = requests.clockOffset;
    // an offset that nobody has confirmed for several polls says nothing about now
    if (offset === undefined || nowMs - offset.seenMs > Math.max(30_000, 3 * options.pollIntervalMs)) return;
    observe('exchange.clock.offset', offset.offsetMs / 1000, this.#base);
    observe('exchange.clock.uncertainty', offset.uncertaintyMs / 1000, this.#base);
  }

  #observeFeed(observe: Observe, nowMs: number): void {
    const record = this.#record;
    const ageMs = record.judgedFeedAgeMs(nowMs);
    if (ageMs !== undefined) {
      const holds = record.feedState(nowMs);
      observe('exchange.feed.age', ageMs / 1000, this.#feed);
      for (const state of feedStates) {
        observe('exchange.feed.state', state === holds ? 1 : 0, this.#with({ feed: 'ticker', state }));
      }
    }
    observe('exchange.feed.stale_after', record.options.staleAfterMs / 1000, this.#feed);
    observe('exchange.feed.messages', record.feedMessages, this.#feed);
    observe('exchange.feed.stalls', record.stalls, this.#feed);
  }

  #with(extra: Readonly<Record<string, string>>): Attributes {
    let key = '';
    for (const name in extra) key += `${name} ${extra[name] ?? ''} `;
    let attributes = this.#made.get(key);
    if (attributes === undefined) {
      attributes = { ...this.#base, ...extra };
      this.#made.set(key, attributes);
    }
    return attributes;
  }
}

/** The series of one exchange's symbols. Prices end while their feed is cut off or stale; the age goes on. */
export class TickerSeries {
  readonly #record: ExchangeRecord;
  readonly #symbols: readonly { readonly symbol: string; readonly attributes: Attributes }[];
  readonly #bySymbol: ReadonlyMap<string, Attributes>;

  constructor(record: ExchangeRecord) {
    const { id, venue, symbols } = record.options;
    this.#record = record;
    this.#symbols = symbols.map((symbol) => ({ symbol, attributes: { exchange: id, venue, symbol } }));
    this.#bySymbol = new Map(this.#symbols.map(({ symbol: name, attributes }) => [name, attributes]));
  }

  /** Of one symbol alone, as a message has just brought it. */
  observeSymbol(symbol: string, observe: Observe, nowMs: number): void {
    const attributes = this.#bySymbol.get(symbol);
    const entry = this.#record.currentTicker(symbol, nowMs);
    if (entry !== undefined && attributes !== undefined) observeTicker(observe, entry, attributes);
  }

  observe(observe: Observe, nowMs: number): void {
    for (const { symbol, attributes } of this.#symbols) {
      const ageMs = this.#record.tickerAgeMs(symbol, nowMs);
      if (ageMs !== undefined) observe('exchange.ticker.age', ageMs / 1000, attributes);
      const entry = this.#record.currentTicker(symbol, nowMs);
      if (entry !== undefined) observeTicker(observe, entry, attributes);
    }
  }
}

function observeTicker(observe: Observe, entry: TickerEntry, attributes: Attributes): void {
  const { last, bid, ask, volumeBase, volumeQuote } = entry.ticker;
  if (last !== undefined) observe('exchange.ticker.last', last, attributes);
  if (bid !== undefined) observe('exchange.ticker.bid', bid, attributes);
  if (ask !== undefined) observe('exchange.ticker.ask', ask, attributes);
  if (bid !== undefined && ask !== undefined)
    observe('exchange.ticker.spread', (ask - bid) / ((ask + bid) / 2), attributes);
  if (volumeBase !== undefined) observe('exchange.ticker.volume.base', volumeBase, attributes);
  if (volumeQuote !== undefined) observe('exchange.ticker.volume.quote', volumeQuote, attributes);
}

import { orderBookOf } from '../market/order-book.js';
import type { PriceEngine, Quote } from '../market/price-engine.js';
import type { RestReply, RestRequest } from '../venue-dialect.js';
import { BinanceError, illegalCharacters, invalidPath, tooMuchWeight } from './binance-error.js';
import { exchangeInfo } from './exchange-info.js';
import type { Selection } from './parameters.js';
import { allowOnly, limitOf, requiredQuote, selection } from './parameters.js';
import type { RequestWeight } from './request-weight.js';
import { weightLimit } from './request-weight.js';
import { price, quantity, tickerFields } from './ticker-fields.js';

/** What an endpoint has to say and what it costs. */
interface Answer {
  readonly weight: number;
  readonly content: unknown;
}

/** What an endpoint may look at. */
interface Inquiry {
  readonly query: URLSearchParams;
  readonly market: PriceEngine;
  readonly nowMs: number;
}

type Endpoint = (inquiry: Inquiry) => Answer;

const dayMs = 86_400_000;
const endpoints: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['/api/v3/ping', ping],
  ['/api/v3/time', time],
  ['/api/v3/exchangeInfo', info],
  ['/api/v3/ticker/24hr', dayTickers],
  ['/api/v3/ticker/bookTicker', bookTickers],
  ['/api/v3/ticker/price', prices],
  ['/api/v3/depth', depth],
  ['/sapi/v1/system/status', systemStatus],
]);

/** Binance spot's public REST endpoints, weights and errors. */
export class BinanceRest {
  readonly #market: PriceEngine;
  readonly #weight: RequestWeight;

  constructor(market: PriceEngine, weight: RequestWeight) {
    this.#market = market;
    this.#weight = weight;
  }

  reply(request: RestRequest, nowMs: number): RestReply {
    try {
      const { weight, content } = this.#answer(request, nowMs);
      const used = this.#weight.book(weight, nowMs);
      if (used > weightLimit) return this.#refuse(used, nowMs);
      return { status: 200, headers: jsonHeaders(used), body: JSON.stringify(content) };
    } catch (error) {
      if (!(error instanceof BinanceError)) throw error;
      return { status: error.status, headers: jsonHeaders(this.#weight.book(1, nowMs)), body: error.body };
    }
  }

  #answer({ method, path, query }: RestRequest, nowMs: number): Answer {
    const endpoint = method === 'GET' ? endpoints.get(path) : undefined;
    if (endpoint === undefined) throw invalidPath(path, method);
    return endpoint({ query, market: this.#market, nowMs });
  }

  #refuse(used: number, nowMs: number): RestReply {
    const error = tooMuchWeight(weightLimit);
    const retryAfter = { 'retry-after': String(this.#weight.retryAfterSeconds(nowMs)) };
    return { status: error.status, headers: { ...jsonHeaders(used), ...retryAfter }, body: error.body };
  }
}

/** What clients watch to stay below the limit. */
export function weightHeaders(used: number): Record<string, string> {
  return { 'x-mbx-used-weight': String(used), 'x-mbx-used-weight-1m': String(used) };
}

function jsonHeaders(used: number): Record<string, string> {
  return { 'content-type': 'application/json;charset=UTF-8', ...weightHeaders(used) };
}

function ping({ query }: Inquiry): Answer {
  allowOnly(query);
  return { weight: 1, content: {} };
}

function time({ query, nowMs }: Inquiry): Answer {
  allowOnly(query);
  return { weight: 1, content: { serverTime: nowMs } };
}

function info({ query, market, nowMs }: Inquiry): Answer {
  allowOnly(query, 'symbol', 'symbols', 'permissions', 'showPermissionSets', 'symbolStatus');
  const { quotes } = selection(query, market);
  const traded = quotes.map((quote) => quote.instrument);
  return { weight: 20, content: exchangeInfo(traded, nowMs) };
}

function dayTickers({ query, market, nowMs }: Inquiry): Answer {
  allowOnly(query, 'symbol', 'symbols', 'type', 'symbolStatus');
  const type = query.get('type') ?? 'FULL';
  if (type !== 'FULL' && type !== 'MINI') throw illegalCharacters('type', '^(FULL|MINI)$');
  const chosen = selection(query, market);
  const weight = chosen.kind === 'all' ? 80 : chosen.quotes.length <= 20 ? 2 : 40;
  return {
    weight,
    content: listed(chosen, (quote) => (type === 'FULL' ? fullDay(quote, nowMs) : miniDay(quote, nowMs))),
  };
}

function bookTickers({ query, market }: Inquiry): Answer {
  allowOnly(query, 'symbol', 'symbols', 'symbolStatus');
  const chosen = selection(query, market);
  const content = listed(chosen, (quote) => ({
    symbol: quote.instrument.id,
    bidPrice: price(quote, quote.bidTicks),
    bidQty: quantity(quote, quote.bidSteps),
    askPrice: price(quote, quote.askTicks),
    askQty: quantity(quote, quote.askSteps),
  }));
  return { weight: chosen.kind === 'one' ? 2 : 4, content };
}

function prices({ query, market }: Inquiry): Answer {
  allowOnly(query, 'symbol', 'symbols', 'symbolStatus');
  const chosen = selection(query, market);
  const content = listed(chosen, (quote) => ({ symbol: quote.instrument.id, price: price(quote, quote.lastTicks) }));
  return { weight: chosen.kind === 'one' ? 2 : 4, content };
}

function depth({ query, market }: Inquiry): Answer {
  allowOnly(query, 'symbol', 'limit', 'symbolStatus');
  const quote = requiredQuote(query, market);
  const limit = limitOf(query, 100, 5000);
  const book = orderBookOf(quote, limit);
  const printed = (side: typeof book.bids): string[][] =>
    side.map(([ticks, steps]) => [price(quote, ticks), quantity(quote, steps)]);
  const weight = limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250;
  return {
    weight,
    content: { lastUpdateId: quote.updateId, bids: printed(book.bids), asks: printed(book.asks) },
  };
}

function systemStatus({ query }: Inquiry): Answer {
  allowOnly(query);
  return { weight: 1, content: { status: 0, msg: 'normal' } };
}

/** One object for `symbol=`, else a list. */
function listed(chosen: Selection, print: (quote: Quote) => unknown): unknown {
  const [first] = chosen.quotes;
  return chosen.kind === 'one' && first !== undefined ? print(first) : chosen.quotes.map(print);
}

function fullDay(quote: Quote, nowMs: number): unknown {
  const fields = tickerFields(quote);
  return {
    symbol: quote.instrument.id,
    priceChange: fields.change,
    priceChangePercent: fields.changePercent,
    weightedAvgPrice: fields.weightedAverage,
    prevClosePrice: fields.open,
    lastPrice: fields.last,
    lastQty: fields.lastQuantity,
    bidPrice: fields.bid,
    bidQty: fields.bidQuantity,
    askPrice: fields.ask,
    askQty: fields.askQuantity,
    openPrice: fields.open,
    highPrice: fields.high,
    lowPrice: fields.low,
    volume: fields.baseVolume,
    quoteVolume: fields.quoteVolume,
    openTime: nowMs - dayMs,
    closeTime: nowMs,
    firstId: fields.firstTradeId,
    lastId: fields.lastTradeId,
    count: fields.trades,
  };
}

function miniDay(quote: Quote, nowMs: number): unknown {
  const fields = tickerFields(quote);
  return {
    symbol: quote.instrument.id,
    openPrice: fields.open,
    highPrice: fields.high,
    lowPrice: fields.low,
    lastPrice: fields.last,
    volume: fields.baseVolume,
    quoteVolume: fields.quoteVolume,
    openTime: nowMs - dayMs,
    closeTime: nowMs,
    firstId: fields.firstTradeId,
    lastId: fields.lastTradeId,
    count: fields.trades,
  };
}

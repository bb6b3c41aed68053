import type { Feed } from '../faults/fault.js';
import type { PriceEngine, Quote } from '../market/price-engine.js';
import { price, quantity, tickerFields } from './ticker-fields.js';

type Printer = (quote: Quote, nowMs: number) => unknown;

const dayMs = 86_400_000;
const printers: ReadonlyMap<string, Printer> = new Map<string, Printer>([
  ['ticker', ticker],
  ['miniTicker', miniTicker],
  ['bookTicker', bookTicker],
]);

/** The present frame of `btcusdt@ticker`, `!miniTicker@arr` and their like; undefined for any other stream. */
export function binanceFrame(market: PriceEngine, stream: string, nowMs: number): string | undefined {
  if (stream === '!ticker@arr') return JSON.stringify(market.quotes.map((quote) => ticker(quote, nowMs)));
  if (stream === '!miniTicker@arr') return JSON.stringify(market.quotes.map((quote) => miniTicker(quote, nowMs)));
  const [pair = '', channel = ''] = stream.split('@', 2);
  const print = printers.get(channel);
  // Names of streams are in lower case; the real venue stays silent on `BTCUSDT@ticker`, a mistake worth meeting here.
  const quote = pair === pair.toLowerCase() ? market.quote(pair.toUpperCase()) : undefined;
  return print === undefined || quote === undefined ? undefined : JSON.stringify(print(quote, nowMs));
}

export function binanceFeed(stream: string): Feed {
  return stream.endsWith('@bookTicker') ? 'book' : 'ticker';
}

function ticker(quote: Quote, nowMs: number): unknown {
  const fields = tickerFields(quote);
  return {
    e: '24hrTicker',
    E: nowMs,
    s: quote.instrument.id,
    p: fields.change,
    P: fields.changePercent,
    w: fields.weightedAverage,
    x: fields.open,
    c: fields.last,
    Q: fields.lastQuantity,
    b: fields.bid,
    B: fields.bidQuantity,
    a: fields.ask,
    A: fields.askQuantity,
    o: fields.open,
    h: fields.high,
    l: fields.low,
    v: fields.baseVolume,
    q: fields.quoteVolume,
    O: nowMs - dayMs,
    C: nowMs,
    F: fields.firstTradeId,
    L: fields.lastTradeId,
    n: fields.trades,
  };
}

function miniTicker(quote: Quote, nowMs: number): unknown {
  const fields = tickerFields(quote);
  return {
    e: '24hrMiniTicker',
    E: nowMs,
    s: quote.instrument.id,
    c: fields.last,
    o: fields.open,
    h: fields.high,
    l: fields.low,
    v: fields.baseVolume,
    q: fields.quoteVolume,
  };
}

function bookTicker(quote: Quote): unknown {
  return {
    u: quote.updateId,
    s: quote.instrument.id,
    b: price(quote, quote.bidTicks),
    B: quantity(quote, quote.bidSteps),
    a: price(quote, quote.askTicks),
    A: quantity(quote, quote.askSteps),
  };
}

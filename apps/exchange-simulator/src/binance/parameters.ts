import type { PriceEngine, Quote } from '../market/price-engine.js';
import {
  illegalCharacters,
  invalidCombination,
  invalidSymbol,
  missingParameter,
  unreadParameters,
} from './binance-error.js';

const symbolRange = '^[A-Z0-9-_.]{1,20}$';
const symbolsRange = '^\\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}\\]$';
const numberRange = '^[0-9]{1,20}$';

/** The instruments that a request names, and whether it named one, a list, or none (all). */
export interface Selection {
  readonly kind: 'one' | 'list' | 'all';
  readonly quotes: readonly Quote[];
}

/** Refuses a request that sends a parameter which the endpoint does not read. */
export function allowOnly(query: URLSearchParams, ...names: readonly string[]): void {
  const sent = [...query.keys()];
  const read = sent.filter((name) => names.includes(name));
  if (read.length < sent.length) throw unreadParameters(read.length, sent.length);
}

/** `symbol=BTCUSDT`, `symbols=["BTCUSDT","ETHUSDT"]`, or neither. */
export function selection(query: URLSearchParams, market: PriceEngine): Selection {
  const symbol = query.get('symbol');
  const symbols = query.get('symbols');
  if (symbol !== null && symbols !== null) throw invalidCombination();
  if (symbol !== null) return { kind: 'one', quotes: [quoteOf(symbol, market)] };
  if (symbols === null) return { kind: 'all', quotes: market.quotes };
  if (!new RegExp(symbolsRange).test(symbols)) throw illegalCharacters('symbols', symbolsRange);
  const ids = JSON.parse(symbols) as readonly string[];
  return { kind: 'list', quotes: ids.map((id) => quoteOf(id, market)) };
}

export function requiredQuote(query: URLSearchParams, market: PriceEngine): Quote {
  const symbol = query.get('symbol');
  if (symbol === null || symbol === '') throw missingParameter('symbol');
  return quoteOf(symbol, market);
}

/** A whole number; values above `most` count as `most`, as on the real venue. */
export function limitOf(query: URLSearchParams, usual: number, most: number): number {
  const text = query.get('limit');
  if (text === null) return usual;
  if (!new RegExp(numberRange).test(text)) throw illegalCharacters('limit', numberRange);
  const limit = Number(text);
  if (limit === 0) throw illegalCharacters('limit', numberRange);
  return Math.min(limit, most);
}

function quoteOf(symbol: string, market: PriceEngine): Quote {
  if (symbol === '') throw missingParameter('symbol');
  if (!new RegExp(symbolRange).test(symbol)) throw illegalCharacters('symbol', symbolRange);
  const quote = market.quote(symbol);
  if (quote === undefined) throw invalidSymbol();
  return quote;
}

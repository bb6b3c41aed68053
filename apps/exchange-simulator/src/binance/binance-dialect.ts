import type { RestFailure } from '../faults/effects.js';
import type { Feed } from '../faults/fault.js';
import type { PriceEngine } from '../market/price-engine.js';
import type { RestReply, RestRequest, StreamSession, VenueDialect } from '../venue-dialect.js';
import { binanceFailure } from './binance-failure.js';
import { binanceFeed, binanceFrame } from './binance-frames.js';
import { BinanceRest, weightHeaders } from './binance-rest.js';
import { BinanceSession } from './binance-session.js';
import { RequestWeight } from './request-weight.js';

/** Binance spot's public market data: REST, WebSocket streams, weights and error bodies. */
export class BinanceDialect implements VenueDialect {
  readonly #market: PriceEngine;
  readonly #weight = new RequestWeight();
  readonly #rest: BinanceRest;

  constructor(market: PriceEngine) {
    this.#market = market;
    this.#rest = new BinanceRest(market, this.#weight);
  }

  rest(request: RestRequest, nowMs: number): RestReply {
    return this.#rest.reply(request, nowMs);
  }

  failure(failure: RestFailure, nowMs: number): RestReply {
    const reply = binanceFailure(failure);
    return { ...reply, headers: { ...weightHeaders(this.#weight.book(1, nowMs)), ...reply.headers } };
  }

  connect(url: URL): StreamSession {
    return new BinanceSession(url);
  }

  frame(stream: string, nowMs: number): string | undefined {
    return binanceFrame(this.#market, stream, nowMs);
  }

  feedOf(stream: string): Feed {
    return binanceFeed(stream);
  }
}

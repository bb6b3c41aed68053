import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import type { ExchangeView, Pipeline, TickerView } from '@tapewatch/pipeline';
import { PIPELINE } from '../../tokens.js';
import type { TickerType } from './exchange.types.js';
import { ExchangeType } from './exchange.types.js';

@Resolver()
export class ExchangesResolver {
  constructor(@Inject(PIPELINE) private readonly pipeline: Pipeline) {}

  @Query(() => [ExchangeType], { description: 'Every exchange that is watched.' })
  exchanges(): readonly ExchangeType[] {
    return this.pipeline.read.exchanges().map(exchangeOf);
  }
}

function exchangeOf({ feedAgeMs, tickers, ...view }: ExchangeView): ExchangeType {
  return {
    ...view,
    feedAgeSeconds: seconds(feedAgeMs),
    requestLatencyMs: view.requestLatencyMs,
    clockOffsetMs: view.clockOffsetMs,
    rateLimitUsedRatio: view.rateLimitUsedRatio,
    tickers: tickers.map(tickerOf),
  };
}

function tickerOf({ ageMs, at, last, bid, ask, volumeBase24h, symbol }: TickerView): TickerType {
  const spread = bid === undefined || ask === undefined ? undefined : ask - bid;
  const mid = bid === undefined || ask === undefined ? undefined : (ask + bid) / 2;
  return {
    symbol,
    at,
    last,
    bid,
    ask,
    spread,
    // Without a price there is no ratio to it.
    spreadRatio: spread === undefined || mid === undefined || mid === 0 ? undefined : spread / mid,
    volumeBase24h,
    ageSeconds: seconds(ageMs),
  };
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

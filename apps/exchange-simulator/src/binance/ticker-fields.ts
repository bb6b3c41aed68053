import { formatUnits, printedPlaces } from '../market/fixed-point.js';
import type { Quote } from '../market/price-engine.js';

/** One instrument's figures as Binance prints them: decimal text with eight places. */
export interface TickerFields {
  readonly last: string;
  readonly lastQuantity: string;
  readonly bid: string;
  readonly bidQuantity: string;
  readonly ask: string;
  readonly askQuantity: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly baseVolume: string;
  readonly quoteVolume: string;
  readonly weightedAverage: string;
  readonly change: string;
  /** Three places. */
  readonly changePercent: string;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  readonly trades: number;
}

export function tickerFields(quote: Quote): TickerFields {
  const { day } = quote;
  const { priceDecimals, quantityDecimals } = quote.instrument;
  const changeTicks = quote.lastTicks - day.openTicks;
  return {
    last: price(quote, quote.lastTicks),
    lastQuantity: quantity(quote, quote.lastSteps),
    bid: price(quote, quote.bidTicks),
    bidQuantity: quantity(quote, quote.bidSteps),
    ask: price(quote, quote.askTicks),
    askQuantity: quantity(quote, quote.askSteps),
    open: price(quote, day.openTicks),
    high: price(quote, day.highTicks),
    low: price(quote, day.lowTicks),
    baseVolume: quantity(quote, day.volumeSteps),
    quoteVolume: formatUnits(day.turnover, priceDecimals + quantityDecimals),
    weightedAverage: weightedAverage(quote),
    change: price(quote, changeTicks),
    changePercent: ((changeTicks / day.openTicks) * 100).toFixed(3),
    firstTradeId: quote.lastTradeId - day.trades + 1,
    lastTradeId: quote.lastTradeId,
    trades: day.trades,
  };
}

export function price({ instrument }: Pick<Quote, 'instrument'>, ticks: number): string {
  return formatUnits(ticks, instrument.priceDecimals);
}

export function quantity({ instrument }: Pick<Quote, 'instrument'>, steps: number): string {
  return formatUnits(steps, instrument.quantityDecimals);
}

/** Turnover over volume, rounded down, hence never outside low and high. */
function weightedAverage({ instrument, day }: Quote): string {
  const scale = 10n ** BigInt(printedPlaces - instrument.priceDecimals);
  return formatUnits((day.turnover * scale) / BigInt(day.volumeSteps), printedPlaces);
}

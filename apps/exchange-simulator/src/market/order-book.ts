import type { Quote } from './price-engine.js';

/** One price level: price in ticks, quantity in lot steps. */
export type Level = readonly [priceTicks: number, quantitySteps: number];

export interface OrderBook {
  /** Best first. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/**
 * Up to `depth` levels a side, beginning with the quote's best prices. Made from the quote alone, so that reading a book
 * neither costs memory nor disturbs the walk, and two readers of the same second see the same book.
 */
export function orderBookOf(quote: Quote, depth: number): OrderBook {
  const gapTicks = Math.max(1, Math.round(quote.lastTicks * 0.00005));
  return {
    bids: levels(quote, depth, quote.bidTicks, quote.bidSteps, -gapTicks),
    asks: levels(quote, depth, quote.askTicks, quote.askSteps, gapTicks),
  };
}

function levels(quote: Quote, depth: number, bestTicks: number, bestSteps: number, gapTicks: number): Level[] {
  const side: Level[] = [[bestTicks, bestSteps]];
  for (let i = 1; i < depth; i++) {
    const priceTicks = bestTicks + i * gapTicks;
    if (priceTicks < 1) break;
    const growth = 1 + i * 0.05;
    side.push([priceTicks, Math.max(1, Math.round(bestSteps * growth * (0.5 + scatter(quote.updateId, priceTicks))))]);
  }
  return side;
}

/** A number in [0, 1) that depends on its arguments alone. */
function scatter(updateId: number, priceTicks: number): number {
  let mixed = Math.imul(updateId ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(priceTicks, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
}

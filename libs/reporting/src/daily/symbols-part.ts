import { onGrid, type MinuteGrid, type MinuteValues } from '../minutes/minute-grid.js';
import type { MinuteSeries, ReportMetrics } from '../minutes/minute-series.js';
import { perSlot, type Slots } from '../minutes/slots.js';
import type { Watched } from '../ports.js';
import type { GapPart, SymbolPart } from './daily-report.js';
import { figureOf, known, unknown, type Figure } from './figure.js';
import { longestGapMs, seenRatioOf, type Observation } from './observation.js';

/** Below this many one-minute returns there is no volatility. */
export const leastReturns = 30;
const minutesPerDay = 1_440;
/** Minutes of series that are read at once, so that a month of many symbols does not have to fit into memory. */
const minutesAtOnce = 1_000_000;

export interface SymbolsPart {
  readonly symbols: readonly SymbolPart[];
  /** Of each, whether or not anything is missing. */
  readonly gaps: readonly GapPart[];
}

/** What each market did. `breathe` lets other work in between. */
export async function symbolsPart(
  metrics: ReportMetrics,
  watched: Watched,
  observation: Observation,
  slots: Slots,
  breathe: () => Promise<void>,
): Promise<SymbolsPart> {
  const { grid } = observation;
  const symbols: SymbolPart[] = [];
  const gaps: GapPart[] = [];
  for (const { matchers, expected } of portions(watched, grid)) {
    const read = (name: string) => metrics.minutes(`${name}{${matchers}}`, grid.startMs, grid.toMs);
    const prices = grouped(await read('exchange_ticker_last'));
    const spreads = grouped(await read('exchange_ticker_spread_ratio'));
    const markets = new Map(expected.map((market) => [marketKey(market.exchange, market.symbol), market]));
    for (const [key, [first]] of prices)
      markets.set(key, { exchange: first?.labels.get('exchange') ?? '', symbol: first?.labels.get('symbol') ?? '' });
    for (const [key, market] of markets) {
      const price = onGrid(prices.get(key) ?? [], grid);
      const part = partOf(market, price, onGrid(spreads.get(key) ?? [], grid), grid, slots);
      symbols.push(part);
      const { seenRatio } = part;
      const name = `${market.exchange} ${market.symbol}`;
      gaps.push({ kind: 'symbol', name, seenRatio, longestGapMs: longestGapMs(price.count, observation) });
      await breathe();
    }
  }
  return { symbols, gaps };
}

interface Portion {
  readonly matchers: string;
  readonly expected: readonly { readonly exchange: string; readonly symbol: string }[];
}

/** Every market once: the configured ones, so many at a time, and whatever else was measured. */
function* portions(watched: Watched, grid: MinuteGrid): Iterable<Portion> {
  const atOnce = Math.max(1, Math.floor(minutesAtOnce / grid.length));
  for (const { id, symbols } of watched.exchanges) {
    const exchange = `exchange="${escaped(id)}"`;
    const expected = symbols.map((symbol) => ({ exchange: id, symbol }));
    if (symbols.length <= atOnce) {
      yield { matchers: exchange, expected };
      continue;
    }
    for (let i = 0; i < symbols.length; i += atOnce)
      yield {
        matchers: `${exchange},symbol=~"${anyOf(symbols.slice(i, i + atOnce))}"`,
        expected: expected.slice(i, i + atOnce),
      };
    yield { matchers: `${exchange},symbol!~"${anyOf(symbols)}"`, expected: [] };
  }
  yield { matchers: `exchange!~"${anyOf(watched.exchanges.map(({ id }) => id))}"`, expected: [] };
}

function anyOf(values: readonly string[]): string {
  return escaped(values.map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'));
}

function escaped(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
}

function grouped(series: readonly MinuteSeries[]): ReadonlyMap<string, readonly MinuteSeries[]> {
  return Map.groupBy(series, ({ labels }) => marketKey(labels.get('exchange'), labels.get('symbol')));
}

function marketKey(exchange: string, symbol: string): string {
  return `${exchange}\u0000${symbol}`;
}

function partOf(
  market: { readonly exchange: string; readonly symbol: string },
  price: MinuteValues,
  spread: MinuteValues,
  grid: MinuteGrid,
  slots: Slots,
): SymbolPart {
  const inRange = { from: grid.lead, to: grid.length };
  const { open, openFrom } = openOf(price, grid);
  const high = greatest(price.max, inRange.from, inRange.to);
  const low = least(price.min, inRange.from, inRange.to);
  const close = lastOf(price.last, inRange.from, inRange.to);
  const spreads = meanOf(spread, inRange.from, inRange.to);
  return {
    ...market,
    // A price from before the range alone says nothing of the range.
    open: figureOf(close === undefined ? undefined : open, 'no_data'),
    openFrom: close === undefined ? null : openFrom,
    high: figureOf(high, 'no_data'),
    low: figureOf(low, 'no_data'),
    close: figureOf(close, 'no_data'),
    change: figureOf(open === undefined || close === undefined || open === 0 ? undefined : close / open - 1, 'no_data'),
    ...volatilityOf(price, grid),
    spreadMean: figureOf(spreads, 'no_data'),
    spreadMax: figureOf(greatest(spread.max, inRange.from, inRange.to), 'no_data'),
    seenRatio: seenRatioOf(price.count, grid),
    chart: perSlot(slots, grid, (first, end) => {
      const last = lastOf(price.last, first, end);
      const [slotLow, slotHigh] = [least(price.min, first, end), greatest(price.max, first, end)];
      return last === undefined || slotLow === undefined || slotHigh === undefined ? null : [slotLow, slotHigh, last];
    }),
  };
}

function openOf(
  price: MinuteValues,
  grid: MinuteGrid,
): { readonly open: number | undefined; readonly openFrom: SymbolPart['openFrom'] } {
  // A range that begins within a minute has no price of exactly its beginning; that of the minute before stands for it.
  const before = lastOf(price.last, 0, grid.lead);
  if (before !== undefined) return { open: before, openFrom: 'before' };
  for (let i = grid.lead; i < grid.length; i++)
    if (!Number.isNaN(price.last[i])) return { open: price.last[i], openFrom: 'first_minute' };
  return { open: undefined, openFrom: null };
}

/** Sample standard deviation (n - 1) of log returns between the last prices of minutes that follow one another, times the root of a day's minutes. */
function volatilityOf(
  price: MinuteValues,
  grid: MinuteGrid,
): { readonly volatility: Figure; readonly returns: number } {
  const returns: number[] = [];
  // The minute before the range counts as where the first return begins.
  for (let i = grid.lead; i < grid.length; i++) {
    const [before, now] = [price.last[i - 1] as number, price.last[i] as number];
    if (before > 0 && now > 0) returns.push(Math.log(now / before));
  }
  const n = returns.length;
  if (n < leastReturns) return { volatility: unknown(n === 0 ? 'no_data' : 'too_few_returns'), returns: n };
  const mean = returns.reduce((sum, value) => sum + value, 0) / n;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { volatility: known(Math.sqrt(variance) * Math.sqrt(minutesPerDay)), returns: n };
}

function greatest(values: Float64Array, from: number, to: number): number | undefined {
  let found: number | undefined;
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    if (!Number.isNaN(value) && (found === undefined || value > found)) found = value;
  }
  return found;
}

function least(values: Float64Array, from: number, to: number): number | undefined {
  let found: number | undefined;
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    if (!Number.isNaN(value) && (found === undefined || value < found)) found = value;
  }
  return found;
}

function lastOf(values: Float64Array, from: number, to: number): number | undefined {
  for (let i = to - 1; i >= from; i--) if (!Number.isNaN(values[i])) return values[i];
  return undefined;
}

function meanOf({ sum, count }: MinuteValues, from: number, to: number): number | undefined {
  let total = 0;
  let samples = 0;
  for (let i = from; i < to; i++) {
    if (count[i] === 0) continue;
    total += sum[i] as number;
    samples += count[i] as number;
  }
  return samples === 0 ? undefined : total / samples;
}

/** What has to be said to ccxt, or known about a venue, beyond ccxt's unified calls. */
export interface VenueDialect {
  /** ccxt options of the client. */
  options(symbols: readonly string[]): Readonly<Record<string, unknown>>;
  /** Extra parameters of watchTickers. */
  readonly tickerParams: Readonly<Record<string, unknown>>;
  /** Whether a frame says "I am well, there is nothing to tell"; an answer to our own ping does not say that. */
  isHeartbeat(frame: unknown): boolean;
  /** Header of a REST answer with the weight used so far in a window; the first group is the window, as in `1m`. */
  readonly usedWeightHeader?: RegExp;
  /** The most weight a window takes, where an answer over REST says so. */
  weightLimits?(body: string): readonly WeightLimit[];
}

export interface WeightLimit {
  /** As in `1m`. */
  readonly window: string;
  readonly limit: number;
}

const plain: VenueDialect = { options: () => ({}), tickerParams: {}, isHeartbeat: () => false };

const binanceWeights = { usedWeightHeader: /^x-mbx-used-weight-(\d+[smhd])$/i, weightLimits: binanceWeightLimits };

const binance: VenueDialect = {
  ...binanceWeights,
  // without these, loadMarkets also asks the futures venues, which some countries block
  options: (symbols) => ({
    fetchMarkets: { types: binanceMarketTypes(symbols) },
    fetchCurrencies: false,
    fetchMargins: false,
  }),
  // the default stream, miniTicker, has neither bid nor ask
  tickerParams: { name: 'ticker' },
  isHeartbeat: () => false,
};

const kraken: VenueDialect = {
  ...plain,
  isHeartbeat: (frame) =>
    typeof frame === 'object' && frame !== null && 'channel' in frame && frame.channel === 'heartbeat',
};

const dialects: Readonly<Record<string, VenueDialect>> = {
  binance,
  binanceus: { ...plain, tickerParams: binance.tickerParams, ...binanceWeights },
  binanceusdm: { ...plain, tickerParams: binance.tickerParams, ...binanceWeights },
  binancecoinm: { ...plain, tickerParams: binance.tickerParams, ...binanceWeights },
  kraken,
};

export function dialectOf(venue: string): VenueDialect {
  return Object.hasOwn(dialects, venue) ? (dialects[venue] as VenueDialect) : plain;
}

/** Spot is `BTC/USDT`; a contract names what it settles in, and is inverse when that is its base: `BTC/USD:BTC`. */
function binanceMarketTypes(symbols: readonly string[]): readonly string[] {
  return [...new Set(symbols.map(binanceMarketType))];
}

function binanceMarketType(symbol: string): string {
  const [pair = '', settle] = symbol.split(':');
  if (settle === undefined) return 'spot';
  return settle.split('-')[0] === pair.split('/')[0] ? 'inverse' : 'linear';
}

const listOfLimits = /"rateLimits":\s*\[([^\]]*)\]/;
const weightLimit =
  /\{[^}]*"rateLimitType":\s*"REQUEST_WEIGHT",\s*"interval":\s*"(SECOND|MINUTE|HOUR|DAY)",\s*"intervalNum":\s*(\d+),\s*"limit":\s*(\d+)/g;

/** Of exchangeInfo, which names its limits before its thousands of symbols; the body is megabytes, so it is not parsed for them. */
function binanceWeightLimits(body: string): readonly WeightLimit[] {
  const list = listOfLimits.exec(body.slice(0, 10_000))?.[1] ?? '';
  return [...list.matchAll(weightLimit)].map(([, interval = '', count, limit]) => ({
    window: `${count}${interval.charAt(0).toLowerCase()}`,
    limit: Number(limit),
  }));
}

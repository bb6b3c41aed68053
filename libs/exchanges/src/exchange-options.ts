/** One venue to watch. Every field is checked by `validateExchangeOptions`. */
export interface ExchangeOptions {
  /** The user's name for it; becomes the attribute `exchange`. */
  readonly id: string;
  /** ccxt's id of the venue, as in `binance`; becomes the attribute `venue`. */
  readonly venue: string;
  /** ccxt's unified symbols, as in `BTC/USDT`; one that the venue does not list is logged and looked for again later. */
  readonly symbols: readonly string[];
  /** A feed silent for longer is stale: its prices end. Exported as `exchange.feed.stale_after`, by which rules judge it. */
  readonly staleAfterMs: number;
  /** A socket that delivers no ticker for longer is terminated and dialled anew. */
  readonly feedTimeoutMs: number;
  /** Between two polls over REST (the venue's time where it tells it). */
  readonly pollIntervalMs: number;
  /** Of one REST request. */
  readonly requestTimeoutMs: number;
  /** Takes the place of the scheme and host of every REST endpoint; its path, if any, goes before theirs. */
  readonly restUrl?: string;
  /** The same for WebSocket endpoints; with a path it takes the place of theirs. */
  readonly wsUrl?: string;
}

/** What the figures are when the user gives none. */
export const exchangeDefaults = {
  staleAfterMs: 10_000,
  feedTimeoutMs: 30_000,
  pollIntervalMs: 10_000,
  requestTimeoutMs: 10_000,
} as const;

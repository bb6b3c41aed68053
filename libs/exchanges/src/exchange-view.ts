/** What is known about one exchange right now, for people and for the API. */
export interface ExchangeView {
  /** The id given in the options. */
  readonly id: string;
  /** ccxt's id of the venue. */
  readonly venue: string;
  /** REST answered lately and every feed is fresh; the same value as the metric `exchange.connected`. */
  readonly connected: boolean;
  /** Time since the last message of the ticker feed, or since watching began when none came; absent before the start. */
  readonly feedAgeMs?: number;
  /** Time on the wire of the newest answered request; absent before the first answer. */
  readonly requestLatencyMs?: number;
  /** The venue's clock minus ours; absent when the venue does not tell its time. */
  readonly clockOffsetMs?: number;
  /** Share of the venue's request budget that is used, of the window that is fullest; absent where the venue does not tell both. */
  readonly rateLimitUsedRatio?: number;
  /** Failed requests and lost connections during the last hour. */
  readonly errorsLastHour: number;
  /** One per symbol that has delivered at least once, in the order of the options. */
  readonly tickers: readonly TickerView[];
}

/** The newest valid ticker of a symbol. Prices and volumes are absent once the feed is cut off or stale. */
export interface TickerView {
  /** ccxt's unified symbol. */
  readonly symbol: string;
  /** When it arrived, milliseconds since the epoch. */
  readonly at: number;
  readonly last?: number;
  readonly bid?: number;
  readonly ask?: number;
  /** Traded in the last 24 hours, in units of the base currency. */
  readonly volumeBase24h?: number;
  readonly ageMs: number;
}

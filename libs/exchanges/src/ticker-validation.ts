/** Values of the attribute `reason` of `exchange.ticker.invalid`. */
export const invalidTickerReasons = [
  /** Neither last nor bid nor ask. */
  'empty',
  'not_finite',
  'not_positive',
  /** The bid is above the ask. */
  'crossed',
  /** Older than the ticker before it. */
  'time_went_back',
  /** A frame that could not be read at all. */
  'malformed',
] as const;

export type InvalidTickerReason = (typeof invalidTickerReasons)[number];

/** Numbers that may be shown and computed with; what the venue does not send is absent. */
export interface ValidTicker {
  readonly last?: number;
  readonly bid?: number;
  readonly ask?: number;
  readonly volumeBase?: number;
  readonly volumeQuote?: number;
  /** When it happened, by the venue's clock, milliseconds since the epoch. */
  readonly timestamp?: number;
}

export type TickerVerdict =
  { readonly ok: true; readonly ticker: ValidTicker } | { readonly ok: false; readonly reason: InvalidTickerReason };

/**
 * Checks one of ccxt's unified tickers: prices finite and above zero, bid not above ask, volumes finite and not below zero,
 * time not before `previousTimestamp`. One bad field refuses the whole: a ticker that is wrong in one place is not to be
 * trusted in another.
 */
export function validateTicker(raw: unknown, previousTimestamp?: number): TickerVerdict {
  if (typeof raw !== 'object' || raw === null) return refused('malformed');
  const fields = raw as Readonly<Record<string, unknown>>;
  const ticker = pick(fields);
  const prices = [ticker.last, ticker.bid, ticker.ask].filter((price) => price !== undefined);
  if (prices.length === 0) return refused('empty');
  if (!Object.values(ticker).every(Number.isFinite)) return refused('not_finite');
  if (!prices.every((price) => price > 0)) return refused('not_positive');
  if ((ticker.volumeBase ?? 0) < 0 || (ticker.volumeQuote ?? 0) < 0) return refused('not_positive');
  if (ticker.bid !== undefined && ticker.ask !== undefined && ticker.bid > ticker.ask) return refused('crossed');
  if (previousTimestamp !== undefined && ticker.timestamp !== undefined && ticker.timestamp < previousTimestamp) {
    return refused('time_went_back');
  }
  return { ok: true, ticker };
}

function pick(fields: Readonly<Record<string, unknown>>): ValidTicker {
  return {
    ...numberAs('last', fields['last']),
    ...numberAs('bid', fields['bid']),
    ...numberAs('ask', fields['ask']),
    ...numberAs('volumeBase', fields['baseVolume']),
    ...numberAs('volumeQuote', fields['quoteVolume']),
    ...numberAs('timestamp', fields['timestamp']),
  };
}

/** Anything present that is not a number becomes NaN, which validation then refuses. */
function numberAs<Name extends string>(name: Name, value: unknown): Partial<Record<Name, number>> {
  if (value === undefined || value === null) return {};
  return { [name]: typeof value === 'number' ? value : NaN } as Partial<Record<Name, number>>;
}

function refused(reason: InvalidTickerReason): TickerVerdict {
  return { ok: false, reason };
}

/** A traded pair and the character of its walk. Tick and lot are powers of ten. */
export interface Instrument {
  /** The pair without a separator, as in `BTCUSDT`. */
  readonly id: string;
  readonly base: string;
  readonly quote: string;
  /** The tick is 10^-priceDecimals. */
  readonly priceDecimals: number;
  /** The lot step is 10^-quantityDecimals. */
  readonly quantityDecimals: number;
  /** The price that the walk is drawn back to, in quote units. */
  readonly anchorPrice: number;
  /** Standard deviation of the relative change in one second. */
  readonly volatility: number;
  /** Usual (ask - bid) / last. */
  readonly spreadRatio: number;
  /** Usual volume of a day, in base units. */
  readonly dailyVolume: number;
}

/** Ticks per quote unit. */
export function ticksPerUnit(instrument: Instrument): number {
  return 10 ** instrument.priceDecimals;
}

/** Lot steps per base unit. */
export function stepsPerUnit(instrument: Instrument): number {
  return 10 ** instrument.quantityDecimals;
}

/** The name people use: `BTC/USDT`. */
export function symbolOf(instrument: Instrument): string {
  return `${instrument.base}/${instrument.quote}`;
}

type Row = readonly [
  base: string,
  anchorPrice: number,
  priceDecimals: number,
  quantityDecimals: number,
  volatility: number,
  spreadRatio: number,
  dailyVolume: number,
];

const rows: readonly Row[] = [
  ['BTC', 94_000, 2, 5, 0.00009, 0.00001, 18_000],
  ['ETH', 3_200, 2, 4, 0.00012, 0.00002, 320_000],
  ['BNB', 880, 2, 3, 0.0001, 0.00003, 210_000],
  ['SOL', 165, 2, 3, 0.00015, 0.0001, 3_900_000],
  ['XRP', 2.3, 4, 1, 0.00014, 0.0001, 180_000_000],
  ['DOGE', 0.17, 5, 0, 0.00017, 0.0002, 1_300_000_000],
  ['ADA', 0.55, 4, 1, 0.00016, 0.0004, 150_000_000],
  ['AVAX', 18, 2, 2, 0.00016, 0.0012, 4_500_000],
  ['LINK', 15, 2, 2, 0.00015, 0.0014, 3_800_000],
  ['DOT', 3, 3, 2, 0.00015, 0.0007, 8_000_000],
  ['LTC', 95, 2, 3, 0.00012, 0.0002, 520_000],
  ['BCH', 510, 1, 3, 0.00013, 0.0004, 48_000],
  ['TRX', 0.28, 4, 1, 0.00007, 0.0008, 310_000_000],
  ['XLM', 0.28, 4, 0, 0.00015, 0.0008, 95_000_000],
  ['UNI', 7.5, 3, 2, 0.00016, 0.0003, 2_600_000],
  ['ATOM', 3, 3, 2, 0.00015, 0.0007, 3_100_000],
  ['NEAR', 2.4, 3, 1, 0.00017, 0.0009, 14_000_000],
  ['APT', 3.2, 3, 2, 0.00016, 0.0007, 6_200_000],
  ['FIL', 2.1, 3, 2, 0.00016, 0.001, 7_400_000],
  ['ETC', 15.5, 2, 2, 0.00013, 0.0013, 1_200_000],
];

/** The twenty pairs that every simulated venue trades. */
export const instruments: readonly Instrument[] = rows.map(
  ([base, anchorPrice, priceDecimals, quantityDecimals, volatility, spreadRatio, dailyVolume]) => ({
    id: `${base}USDT`,
    base,
    quote: 'USDT',
    priceDecimals,
    quantityDecimals,
    anchorPrice,
    volatility,
    spreadRatio,
    dailyVolume,
  }),
);

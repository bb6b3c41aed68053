import type { DaySummary, DayWindowSnapshot } from './day-window.js';
import { DayWindow } from './day-window.js';
import type { Instrument } from './instrument.js';
import { stepsPerUnit, ticksPerUnit } from './instrument.js';
import { Random } from './random.js';

/** What a fault does to one instrument while it lasts. The walk beneath goes on undisturbed. */
export interface Distortion {
  /** Multiplies the price. */
  readonly priceRatio: number;
  /** (ask - bid) / last instead of the usual; absent: the usual. */
  readonly spreadRatio?: number;
}

/** The state of one instrument. Prices in ticks, quantities in lot steps; always bid < last < ask. */
export interface Quote {
  readonly instrument: Instrument;
  readonly lastTicks: number;
  readonly bidTicks: number;
  readonly askTicks: number;
  readonly lastSteps: number;
  readonly bidSteps: number;
  readonly askSteps: number;
  readonly day: DaySummary;
  /** Trades since the walk began; the id of the last one. */
  readonly lastTradeId: number;
  /** Grows by one a step; the same for all instruments. */
  readonly updateId: number;
}

type QuoteNumbers = Omit<Quote, 'instrument' | 'day' | 'updateId'>;

export interface InstrumentSnapshot {
  readonly price: number;
  readonly numbers: QuoteNumbers;
  readonly window: DayWindowSnapshot;
}

/** Everything that the walk needs to go on, under the instruments' ids. */
export interface EngineSnapshot {
  readonly seed: number;
  readonly randomState: number;
  readonly steps: number;
  readonly instruments: Readonly<Record<string, InstrumentSnapshot>>;
}

export interface PriceEngineOptions {
  readonly instruments: readonly Instrument[];
  /** The same seed gives the same walk, step for step. */
  readonly seed: number;
  /** Continues a walk of the same instruments; absent: a new one, which begins with a day of history. */
  readonly snapshot?: EngineSnapshot;
}

interface Walker {
  readonly instrument: Instrument;
  readonly window: DayWindow;
  price: number;
  quote: Quote;
}

/** Share of the distance to the anchor that is walked back in a second: weeks keep within some 15 % of the anchor. */
const reversionPerSecond = 1e-6;
/** Share of every move that the whole market makes together. */
const marketShare = 0.6;
const ownShare = Math.sqrt(1 - marketShare ** 2);
const historySeconds = 86_400;
const historyStepSeconds = 150;
const tradesPerSecond = 6;
const undistorted: Distortion = { priceRatio: 1 };

/** A market of correlated, mean-reverting random walks. Has no clock: one call of `step` is one second. */
export class PriceEngine {
  readonly #seed: number;
  readonly #random: Random;
  readonly #walkers: readonly Walker[];
  readonly #byId: ReadonlyMap<string, Walker>;
  #steps: number;

  constructor(options: PriceEngineOptions) {
    const { snapshot } = options;
    this.#seed = options.seed;
    this.#random = new Random(snapshot?.randomState ?? options.seed);
    this.#steps = snapshot?.steps ?? 0;
    this.#walkers = options.instruments.map((instrument) =>
      snapshot === undefined ? begin(instrument) : resume(instrument, snapshot),
    );
    this.#byId = new Map(this.#walkers.map((walker) => [walker.instrument.id, walker]));
    if (snapshot === undefined) this.#makeHistory();
  }

  get quotes(): readonly Quote[] {
    return this.#walkers.map((walker) => walker.quote);
  }

  /** Undefined for an instrument that is not traded. */
  quote(id: string): Quote | undefined {
    return this.#byId.get(id)?.quote;
  }

  /** Moves every instrument by one second. A distortion shapes what is quoted, never the draws: the walk stays the seed's. */
  step(distortionOf: (instrument: Instrument) => Distortion = () => undistorted): void {
    this.#move(1, distortionOf);
  }

  snapshot(): EngineSnapshot {
    const entries = this.#walkers.map(({ instrument, price, quote, window }) => {
      const { lastTicks, bidTicks, askTicks, lastSteps, bidSteps, askSteps, lastTradeId } = quote;
      const numbers = { lastTicks, bidTicks, askTicks, lastSteps, bidSteps, askSteps, lastTradeId };
      return [instrument.id, { price, numbers, window: window.snapshot() }] as const;
    });
    return {
      seed: this.#seed,
      randomState: this.#random.state,
      steps: this.#steps,
      instruments: Object.fromEntries(entries),
    };
  }

  #makeHistory(): void {
    for (let done = 0; done < historySeconds; done += historyStepSeconds) {
      this.#move(historyStepSeconds, () => undistorted);
    }
  }

  #move(seconds: number, distortionOf: (instrument: Instrument) => Distortion): void {
    this.#steps += 1;
    const marketMove = this.#random.normal();
    for (const walker of this.#walkers) this.#moveOne(walker, seconds, marketMove, distortionOf(walker.instrument));
  }

  #moveOne(walker: Walker, seconds: number, marketMove: number, distortion: Distortion): void {
    const { instrument } = walker;
    walker.price = nextPrice(walker, seconds, marketShare * marketMove + ownShare * this.#random.normal());
    const lastTicks = Math.max(2, Math.round(walker.price * distortion.priceRatio * ticksPerUnit(instrument)));

    const busyness = 3 * this.#random.uniform() ** 2;
    const volume = (instrument.dailyVolume / 86_400) * seconds * busyness;
    const volumeSteps = Math.max(1, Math.round(volume * stepsPerUnit(instrument)));
    const trades = Math.min(volumeSteps, 1 + Math.floor(busyness * tradesPerSecond * seconds));
    walker.window.record(lastTicks, volumeSteps, trades, seconds);

    walker.quote = {
      instrument,
      lastTicks,
      ...this.#bookTop(instrument, lastTicks, distortion.spreadRatio),
      lastSteps: Math.max(1, Math.floor(volumeSteps / trades)),
      day: walker.window.summary(),
      lastTradeId: walker.quote.lastTradeId + trades,
      updateId: this.#steps,
    };
  }

  #bookTop(instrument: Instrument, lastTicks: number, forcedSpread: number | undefined) {
    const usualSpread = instrument.spreadRatio * (0.6 + 0.8 * this.#random.uniform());
    const halfTicks = Math.max(1, Math.round((lastTicks * (forcedSpread ?? usualSpread)) / 2));
    const tenSeconds = (instrument.dailyVolume / 8_640) * stepsPerUnit(instrument);
    return {
      bidTicks: Math.max(1, lastTicks - halfTicks),
      askTicks: lastTicks + halfTicks,
      bidSteps: Math.max(1, Math.round(tenSeconds * (0.1 + this.#random.uniform()))),
      askSteps: Math.max(1, Math.round(tenSeconds * (0.1 + this.#random.uniform()))),
    };
  }
}

function nextPrice({ instrument, price }: Walker, seconds: number, move: number): number {
  const { anchorPrice, volatility } = instrument;
  const pull = reversionPerSecond * seconds * (1 - price / anchorPrice);
  const moved = price * (1 + volatility * Math.sqrt(seconds) * move + pull);
  return Math.min(anchorPrice * 4, Math.max(anchorPrice / 4, moved));
}

function begin(instrument: Instrument): Walker {
  const lastTicks = Math.round(instrument.anchorPrice * ticksPerUnit(instrument));
  const window = new DayWindow();
  window.record(lastTicks, 1, 1, 0);
  const numbers = {
    lastTicks,
    bidTicks: lastTicks - 1,
    askTicks: lastTicks + 1,
    lastSteps: 1,
    bidSteps: 1,
    askSteps: 1,
    lastTradeId: 1,
  };
  return {
    instrument,
    window,
    price: instrument.anchorPrice,
    quote: { instrument, ...numbers, day: window.summary(), updateId: 0 },
  };
}

function resume(instrument: Instrument, snapshot: EngineSnapshot): Walker {
  const stored = snapshot.instruments[instrument.id];
  if (stored === undefined) throw new Error(`the stored walk has no ${instrument.id}`);
  const window = new DayWindow(stored.window);
  return {
    instrument,
    window,
    price: stored.price,
    quote: { instrument, ...stored.numbers, day: window.summary(), updateId: snapshot.steps },
  };
}

/** What traded in one stretch of the window. Prices in ticks, volume in lot steps, turnover in tick x step. */
export interface Bucket {
  openTicks: number;
  highTicks: number;
  lowTicks: number;
  volumeSteps: number;
  /** Exact, hence a bigint: a day of BTC exceeds what a double counts. */
  turnover: bigint;
  trades: number;
}

export type DaySummary = Readonly<Bucket>;

export interface DayWindowSnapshot {
  readonly secondsInLast: number;
  readonly buckets: readonly Readonly<Bucket>[];
}

const bucketSeconds = 600;

/** 24 hours of stretches; the one that is being filled counts, so the window is between 23:50 and 24:00 long. */
export const bucketsPerDay = 86_400 / bucketSeconds;

/**
 * The rolling 24 hours of one instrument, in the time of the walk (seconds stepped), not of the wall: after a restart
 * the day goes on where it stood instead of showing a hole.
 */
export class DayWindow {
  readonly #buckets: Bucket[];
  #secondsInLast: number;
  /** The sum of all stretches but the last, which alone changes from second to second. */
  #closed: DaySummary | undefined;

  constructor(snapshot: DayWindowSnapshot = { secondsInLast: bucketSeconds, buckets: [] }) {
    this.#buckets = snapshot.buckets.map((bucket) => ({ ...bucket }));
    this.#secondsInLast = snapshot.secondsInLast;
    this.#closed = sumOf(this.#buckets.slice(0, -1));
  }

  /** Takes in what traded at one price during the next `seconds`. */
  record(priceTicks: number, volumeSteps: number, trades: number, seconds: number): void {
    const bucket = this.#bucketFor(priceTicks);
    this.#secondsInLast += seconds;
    bucket.highTicks = Math.max(bucket.highTicks, priceTicks);
    bucket.lowTicks = Math.min(bucket.lowTicks, priceTicks);
    bucket.volumeSteps += volumeSteps;
    bucket.turnover += BigInt(priceTicks) * BigInt(volumeSteps);
    bucket.trades += trades;
  }

  summary(): DaySummary {
    const last = this.#buckets.at(-1);
    if (last === undefined) throw new Error('a day window has no summary before its first record');
    return this.#closed === undefined ? { ...last } : plus(this.#closed, last);
  }

  snapshot(): DayWindowSnapshot {
    return { secondsInLast: this.#secondsInLast, buckets: this.#buckets.map((bucket) => ({ ...bucket })) };
  }

  #bucketFor(priceTicks: number): Bucket {
    const last = this.#buckets.at(-1);
    if (last !== undefined && this.#secondsInLast < bucketSeconds) return last;
    const fresh = {
      openTicks: priceTicks,
      highTicks: priceTicks,
      lowTicks: priceTicks,
      volumeSteps: 0,
      turnover: 0n,
      trades: 0,
    };
    this.#buckets.push(fresh);
    if (this.#buckets.length > bucketsPerDay) this.#buckets.shift();
    this.#secondsInLast = 0;
    this.#closed = sumOf(this.#buckets.slice(0, -1));
    return fresh;
  }
}

function sumOf(buckets: readonly Bucket[]): DaySummary | undefined {
  const [oldest, ...later] = buckets;
  return oldest === undefined ? undefined : later.reduce(plus, oldest);
}

/** `later` follows `earlier`, so the sum opens where `earlier` does. */
function plus(earlier: DaySummary, later: DaySummary): DaySummary {
  return {
    openTicks: earlier.openTicks,
    highTicks: Math.max(earlier.highTicks, later.highTicks),
    lowTicks: Math.min(earlier.lowTicks, later.lowTicks),
    volumeSteps: earlier.volumeSteps + later.volumeSteps,
    turnover: earlier.turnover + later.turnover,
    trades: earlier.trades + later.trades,
  };
}

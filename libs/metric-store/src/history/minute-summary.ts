export const minuteMs = 60_000;
/** Where the last sample of a minute stands when only minutes are read: on the tick of its last second. */
export const minuteEndMs = minuteMs - 1000;

/** The start of the minute that a time lies in. */
export function startOfMinute(timeMs: number): number {
  return Math.floor(timeMs / minuteMs) * minuteMs;
}

/** The start of the first minute that begins at a time or after it; Infinity of Infinity. */
export function nextStartOfMinute(timeMs: number): number {
  return Math.ceil(timeMs / minuteMs) * minuteMs;
}

export interface MinuteArrays {
  readonly startMs: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  readonly count: Float64Array;
  readonly last: Float64Array;
}

/** Columns of one series' minutes; grows as minutes are added. */
export class MinuteColumns {
  /** Takes the arrays over. */
  static of(arrays: MinuteArrays): MinuteColumns {
    const columns = new MinuteColumns();
    return Object.assign(columns, arrays, { length: arrays.startMs.length });
  }

  length = 0;
  /** Of the newest minute. */
  #plainSum = 0;
  #lost = 0;
  startMs = new Float64Array(64);
  min = new Float64Array(64);
  max = new Float64Array(64);
  sum = new Float64Array(64);
  count = new Float64Array(64);
  last = new Float64Array(64);

  /** Adds samples, oldest first, none of them a stale marker; they may continue the newest minute. */
  addSamples(times: Float64Array, values: Float64Array, length: number): void {
    for (let i = 0; i < length; i++) {
      const start = startOfMinute(times[i] as number);
      if (this.length === 0 || this.startMs[this.length - 1] !== start) this.begin(start);
      this.addToNewest(values[i] as number);
    }
  }

  /** Adds whole minutes that come after those that are here. */
  addMinutes(other: MinuteColumns, fromMs: number, toMs: number): void {
    for (let i = 0; i < other.length; i++) {
      const start = other.startMs[i] as number;
      if (start < fromMs || start >= toMs) continue;
      if (this.length > 0 && start <= (this.startMs[this.length - 1] as number)) continue;
      this.begin(start);
      const at = this.length - 1;
      this.min[at] = other.min[i] as number;
      this.max[at] = other.max[i] as number;
      this.sum[at] = other.sum[i] as number;
      this.count[at] = other.count[i] as number;
      this.last[at] = other.last[i] as number;
    }
  }

  /** Arrays of exactly the minutes there are. */
  trimmed(): MinuteArrays {
    const { length, startMs, min, max, sum, count, last } = this;
    return {
      startMs: startMs.slice(0, length),
      min: min.slice(0, length),
      max: max.slice(0, length),
      sum: sum.slice(0, length),
      count: count.slice(0, length),
      last: last.slice(0, length),
    };
  }

  private begin(startMs: number): void {
    if (this.length === this.startMs.length) this.grow();
    const at = this.length++;
    this.#plainSum = 0;
    this.#lost = 0;
    this.startMs[at] = startMs;
    this.min[at] = NaN;
    this.max[at] = NaN;
    this.sum[at] = 0;
    this.count[at] = 0;
  }

  private addToNewest(value: number): void {
    const at = this.length - 1;
    this.last[at] = value;
    if (value !== value) return;
    // A NaN in place compares false, so the first number takes it.
    if (!((this.min[at] as number) <= value)) this.min[at] = value;
    if (!((this.max[at] as number) >= value)) this.max[at] = value;
    this.addToSum(at, value);
    this.count[at] = (this.count[at] as number) + 1;
  }

  /** Neumaier's sum: what rounding takes from one minute is added back at its end, so that sums of decimals are decimals again. */
  private addToSum(at: number, value: number): void {
    const before = this.sum[at] as number;
    const plain = this.#plainSum + value;
    const lost =
      Math.abs(this.#plainSum) >= Math.abs(value) ? this.#plainSum - plain + value : value - plain + this.#plainSum;
    this.#plainSum = plain;
    this.#lost += lost;
    this.sum[at] = Number.isFinite(this.#lost) ? plain + this.#lost : before + value;
  }

  private grow(): void {
    for (const column of ['startMs', 'min', 'max', 'sum', 'count', 'last'] as const) {
      const larger = new Float64Array(this[column].length * 2);
      larger.set(this[column]);
      this[column] = larger;
    }
  }
}

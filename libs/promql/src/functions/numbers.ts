/*
 * Sums are Neumaier's variant of Kahan's: the part of each addition that does not fit into the sum is kept beside it.
 * Loops write the step out themselves where an object for the pair would cost more than the addition.
 */

/** The sum of the first `length` values. */
export function exactSum(values: ArrayLike<number>, length: number): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    const next = sum + value;
    if (next === Infinity || next === -Infinity) lost = 0;
    else lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** A sum that keeps what each addition loses; for where several are formed at once. */
export class ExactSum {
  #sum = 0;
  #lost = 0;

  get value(): number {
    return this.#sum + this.#lost;
  }

  add(value: number): void {
    const next = this.#sum + value;
    if (next === Infinity || next === -Infinity) this.#lost = 0;
    else if (Math.abs(this.#sum) >= Math.abs(value)) this.#lost += this.#sum - next + value;
    else this.#lost += value - next + this.#sum;
    this.#sum = next;
  }

  scale(factor: number): void {
    this.#sum *= factor;
    this.#lost *= factor;
  }
}

/** The mean of the first `length` values, at least one; also when their sum is beyond what a double can hold. */
export function exactMean(values: ArrayLike<number>, length: number): number {
  let sum = values[0] as number;
  let lost = 0;
  for (let i = 1; i < length; i++) {
    const value = values[i] as number;
    const next = sum + value;
    if (next === Infinity || next === -Infinity) return incrementalMean(values, length, i, sum / i, lost / i);
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum / length + lost / length;
}

/** Goes on from the mean of the first `from` values without ever forming their sum. */
function incrementalMean(values: ArrayLike<number>, length: number, from: number, mean: number, lost: number): number {
  const running = new ExactSum();
  running.add(mean);
  running.add(lost);
  for (let i = from; i < length; i++) {
    const count = i + 1;
    running.scale((count - 1) / count);
    running.add((values[i] as number) / count);
  }
  return running.value;
}

/** The population variance of the first `length` values, at least one. */
export function variance(values: ArrayLike<number>, length: number): number {
  const mean = new ExactSum();
  const squares = new ExactSum();
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    const delta = value - mean.value;
    mean.add(delta / (i + 1));
    squares.add(delta * (value - mean.value));
  }
  return squares.value / length;
}

/** Ascending, NaN before everything. */
export function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a - b || (a < b ? -1 : a > b ? 1 : 0);
}

/** The q-quantile, interpolated between neighbours; sorts `values` in place. */
export function quantileOf(q: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  sortNumbers(values);
  const rank = q * (values.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(values.length - 1, lower + 1);
  const weight = rank - lower;
  return (values[lower] as number) * (1 - weight) + (values[upper] as number) * weight;
}

function sortNumbers(values: Float64Array): void {
  // The built-in order is faster, and differs from ours only in that it puts NaN last.
  values.sort();
  let nans = 0;
  while (nans < values.length && Number.isNaN(values[values.length - 1 - nans])) nans++;
  if (nans === 0) return;
  values.copyWithin(nans, 0, values.length - nans);
  values.fill(NaN, 0, nans);
}

export function isQuantile(q: number): boolean {
  return q >= 0 && q <= 1;
}

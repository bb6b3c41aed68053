/** Places of some of the values of a column, growing. */
export type Picks = Uint32Array;

/** The picked ones of numbers that are whole, or of which no bit matters beyond their number. */
export function pickedNumbers(numbers: Float64Array, picks: Picks | undefined): Float64Array {
  if (picks === undefined) return numbers;
  const picked = new Float64Array(picks.length);
  for (let i = 0; i < picks.length; i++) picked[i] = numbers[picks[i] as number] as number;
  return picked;
}

/** The picked ones of any doubles, as bits: a NaN that travels as a number may lose its payload. */
export function pickedBits(values: Float64Array, picks: Picks | undefined): Float64Array {
  if (picks === undefined) return values;
  const picked = new Float64Array(picks.length);
  const from = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const to = new Uint32Array(picked.buffer);
  for (let i = 0; i < picks.length; i++) {
    const place = picks[i] as number;
    to[2 * i] = from[2 * place] as number;
    to[2 * i + 1] = from[2 * place + 1] as number;
  }
  return picked;
}

/** Where a place stands among the picks; -1 when it is none. */
export function placeAmong(picks: Picks | undefined, place: number): number {
  if (picks === undefined) return place;
  let low = 0;
  let high = picks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((picks[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  return picks[low] === place ? low : -1;
}

import type { Samples } from '../codec/samples.ts';

/** Both in order of time; where both have a sample of one time, the first one's stays. Mostly the second simply continues the first. */
export function mergeSamples(first: Samples | undefined, second: Samples): Samples {
  if (first === undefined || first.times.length === 0) return second;
  if (second.times.length === 0) return first;
  if ((first.times.at(-1) as number) < (second.times[0] as number)) return joined([first, second]);
  const places: [Samples, number][] = [];
  let a = 0;
  let b = 0;
  while (a < first.times.length || b < second.times.length) {
    const nextA = first.times[a] ?? Infinity;
    const nextB = second.times[b] ?? Infinity;
    if (nextA <= nextB) {
      places.push([first, a++]);
      if (nextA === nextB) b++;
    } else {
      places.push([second, b++]);
    }
  }
  const times = new Float64Array(places.length);
  const values = new Float64Array(places.length);
  // Copied as arrays of one: a NaN that travels as a number may lose its payload.
  places.forEach(([from, i], at) => {
    times.set(from.times.subarray(i, i + 1), at);
    values.set(from.values.subarray(i, i + 1), at);
  });
  return { times, values };
}

/** One after the other; the caller knows that their times grow. */
export function joined(parts: readonly Samples[]): Samples {
  if (parts.length === 1) return parts[0] as Samples;
  const length = parts.reduce((sum, { times }) => sum + times.length, 0);
  const times = new Float64Array(length);
  const values = new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    times.set(part.times, at);
    values.set(part.values, at);
    at += part.times.length;
  }
  return { times, values };
}

/** Those in (fromMs, toMs]. */
export function cutSamples({ times, values }: Samples, fromMs: number, toMs: number): Samples {
  let first = 0;
  while (first < times.length && (times[first] as number) <= fromMs) first++;
  let end = times.length;
  while (end > first && (times[end - 1] as number) > toMs) end--;
  return { times: times.slice(first, end), values: values.slice(first, end) };
}

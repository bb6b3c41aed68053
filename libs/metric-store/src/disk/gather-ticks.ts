import type { Samples } from '../codec/samples.ts';
import type { HeadFile } from './head-file.ts';

/** Steps between which ticks that came meanwhile are written. */
const ticksPerStep = 30;

/**
 * Turns the ticks that came in [fromMs, toMs) round: all samples of each series, of the wanted ones alone where some are named. Pushed
 * samples may be of other times. Yields now and then.
 */
export function* gatherTicks(
  head: HeadFile,
  fromMs: number,
  toMs: number,
  wanted?: ReadonlySet<number>,
): Generator<void, Map<number, Samples>> {
  const counts = new Map<number, number>();
  const count = (id: number): void => {
    if (wanted?.has(id) !== false) counts.set(id, (counts.get(id) ?? 0) + 1);
  };
  let ticks = 0;
  for (const { ids, pushed } of head.ticks(fromMs, toMs)) {
    ids.forEach(count);
    pushed?.ids.forEach(count);
    if (++ticks % ticksPerStep === 0) yield;
  }
  const gathered = new Map<number, Gathered>();
  for (const [id, length] of counts)
    gathered.set(id, { times: new Float64Array(length), values: new Float64Array(length), length: 0 });
  for (const { atMs, ids, values, pushed } of head.ticks(fromMs, toMs)) {
    for (let i = 0; i < ids.length; i++) add(gathered.get(ids[i] as number), atMs, values, i);
    pushed?.ids.forEach((id, i) => add(gathered.get(id), pushed.times[i] as number, pushed.values, i));
    if (++ticks % ticksPerStep === 0) yield;
  }
  const samples = new Map<number, Samples>();
  for (const [id, { times, values, length }] of gathered) {
    samples.set(id, { times: times.subarray(0, length), values: values.subarray(0, length) });
  }
  return samples;
}

interface Gathered {
  readonly times: Float64Array;
  readonly values: Float64Array;
  length: number;
}

function add(to: Gathered | undefined, atMs: number, values: Float64Array, i: number): void {
  // Ticks that were written between the two passes have no place here, and one series has one sample at one time.
  if (to === undefined || to.length === to.times.length) return;
  if (to.length > 0 && (to.times[to.length - 1] as number) >= atMs) return;
  to.times[to.length] = atMs;
  to.values[to.length++] = values[i] as number;
}

import { ByteReader, DamagedError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import type { MinuteArrays } from '../history/minute-summary.ts';
import { seal, unseal } from './sealed.ts';

/** What all of a series' samples of some time come to; as in MinuteSeries. */
export interface Totals {
  readonly id: number;
  min: number;
  max: number;
  sum: number;
  count: number;
  last: number;
}

const columns = ['min', 'max', 'sum', 'count', 'last'] as const;

/** Totals of every series of one hour. */
export function encodeTotals(hourStartMs: number, totals: readonly Totals[]): Uint8Array {
  const writer = new ByteWriter();
  writer.varint(totals.length);
  let before = 0;
  for (const { id } of totals) {
    writer.signed(id - before);
    before = id;
  }
  for (const column of columns) {
    const values = Float64Array.from(totals, (each) => each[column]);
    writer.bytes(new Uint8Array(values.buffer));
  }
  return seal(writer.finish(), hourStartMs, 3);
}

/** Throws DamagedError. */
export function decodeTotals(hourStartMs: number, bytes: Uint8Array): readonly Totals[] {
  const reader = new ByteReader(unseal(bytes, hourStartMs));
  const count = reader.varint();
  const ids = new Array<number>(count);
  let before = 0;
  for (let i = 0; i < count; i++) ids[i] = before += reader.signed();
  const [min, max, sum, counts, last] = columns.map(() => new Float64Array(reader.bytes(count * 8).slice().buffer)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  if (!reader.done) throw new DamagedError('totals are longer than they say');
  return ids.map((id, i) => ({
    ...{ id, min: min[i] as number, max: max[i] as number, sum: sum[i] as number },
    ...{ count: counts[i] as number, last: last[i] as number },
  }));
}

/** Of the minutes that begin in [fromMs, toMs); undefined when there are none. */
export function totalOf(
  id: number,
  minutes: MinuteArrays & { readonly length: number },
  fromMs = -Infinity,
  toMs = Infinity,
): Totals | undefined {
  let total: Totals | undefined;
  for (let i = 0; i < minutes.length; i++) {
    const start = minutes.startMs[i] as number;
    if (start < fromMs || start >= toMs) continue;
    const minute = {
      ...{ id, min: minutes.min[i] as number, max: minutes.max[i] as number, sum: minutes.sum[i] as number },
      ...{ count: minutes.count[i] as number, last: minutes.last[i] as number },
    };
    if (total === undefined) total = minute;
    else addTotals(total, minute);
  }
  return total;
}

/** Adds a later stretch of the same series. */
export function addTotals(to: Totals, later: Omit<Totals, 'id'>): void {
  // Of a stretch without numbers they are NaN, which compares false.
  if (!(to.min <= later.min) && later.count > 0) to.min = later.min;
  if (!(to.max >= later.max) && later.count > 0) to.max = later.max;
  to.sum += later.sum;
  to.count += later.count;
  to.last = later.last;
}

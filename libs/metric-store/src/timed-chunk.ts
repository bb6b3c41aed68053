import { isStale, writeStale } from '@tapewatch/model';
import type { SampleBuffer } from '@tapewatch/promql';
import type { Samples } from './codec/samples.js';

const slots = 120;
const firstSlots = 8;

/** Consecutive samples of one series at times of their own: what is pushed comes when its source sends it. */
export class TimedChunk {
  #times: Float64Array = new Float64Array(firstSlots);
  #values: Float64Array = new Float64Array(firstSlots);
  #length = 0;
  #hasStale = false;

  /** One of samples as they were stored, kept without a copy; at least one. */
  static restored({ times, values }: Samples): TimedChunk {
    const chunk = new TimedChunk();
    chunk.#times = times;
    chunk.#values = values;
    chunk.#length = times.length;
    for (let i = 0; i < values.length && !chunk.#hasStale; i++) chunk.#hasStale = isStale(values, i);
    return chunk;
  }

  get startMs(): number {
    return this.#times[0] as number;
  }

  /** Time of the newest sample or marker; -Infinity while there is none. */
  get endMs(): number {
    return this.#length === 0 ? -Infinity : (this.#times[this.#length - 1] as number);
  }

  get bytes(): number {
    return this.#times.byteLength + this.#values.byteLength;
  }

  /** Whether one more finds room. */
  takes(_atMs: number): boolean {
    return this.#length < slots;
  }

  append(atMs: number, value: number): void {
    this.grow();
    this.#times[this.#length] = atMs;
    this.#values[this.#length++] = value;
  }

  appendStale(atMs: number): void {
    this.grow();
    this.#times[this.#length] = atMs;
    writeStale(this.#values, this.#length++);
    this.#hasStale = true;
  }

  /** Puts the newest value, bit by bit, into an array. */
  copyNewest(into: Float64Array, index: number): void {
    into.set(this.#values.subarray(this.#length - 1, this.#length), index);
  }

  /** NaN when it is empty. */
  get newestValue(): number {
    return this.#length === 0 ? NaN : this.valueAt(this.#length - 1);
  }

  get endsStale(): boolean {
    return this.#length > 0 && this.isStaleAt(this.#length - 1);
  }

  seal(): void {
    if (this.#values.length === this.#length) return;
    this.#times = this.#times.slice(0, this.#length);
    this.#values = this.#values.slice(0, this.#length);
  }

  timeAt(slot: number): number {
    return this.#times[slot] as number;
  }

  valueAt(slot: number): number {
    return this.#values[slot] as number;
  }

  isStaleAt(slot: number): boolean {
    return this.#hasStale && isStale(this.#values, slot);
  }

  /** Number of the newest slot at or before the time; -1 when there is none. */
  slotAt(atMs: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] as number) <= atMs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Appends the samples in (fromMs, toMs]; stale markers only `withStale`. */
  copy(fromMs: number, toMs: number, into: SampleBuffer, withStale = false): void {
    const last = this.slotAt(toMs);
    for (let slot = this.slotAt(fromMs) + 1; slot <= last; slot++) {
      if (withStale || !this.isStaleAt(slot)) into.push(this.#times[slot] as number, this.#values[slot] as number);
    }
  }

  private grow(): void {
    if (this.#length < this.#values.length) return;
    const size = Math.min(slots, this.#values.length * 4);
    const times = new Float64Array(size);
    const values = new Float64Array(size);
    times.set(this.#times);
    values.set(this.#values);
    this.#times = times;
    this.#values = values;
  }
}

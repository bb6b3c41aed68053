import { isStale, writeStale } from '@tapewatch/model';
import type { SampleBuffer } from '@tapewatch/promql';
import type { RecoveredRun } from './disk/recovered-page.js';

/** The grid of the tick. */
export const stepMs = 1000;
/** Two minutes: few enough chunks for an hour, small enough that dropping one at the end is no loss. */
const slots = 120;
const firstSlots = 8;

/** Consecutive seconds of one series without a gap: the time of a slot follows from its number. */
export class Chunk {
  readonly startMs: number;
  #values: Float64Array = new Float64Array(firstSlots);
  #length = 0;
  #constant = false;
  #hasStale = false;

  constructor(startMs: number) {
    this.startMs = startMs;
  }

  /** One that is full: of values as they were stored, kept without a copy, of which one stands for all `length` when it is alone. */
  static restored({ startMs, length, values, hasStale }: Omit<RecoveredRun, 'id'>): Chunk {
    const chunk = new Chunk(startMs);
    chunk.#values = values;
    chunk.#length = length;
    chunk.#constant = values.length < length;
    chunk.#hasStale = hasStale;
    return chunk;
  }

  get length(): number {
    return this.#length;
  }

  /** Time of the newest slot. */
  get endMs(): number {
    return this.startMs + (this.#length - 1) * stepMs;
  }

  get bytes(): number {
    return this.#values.byteLength;
  }

  /** Whether a sample of this time continues the chunk. */
  takes(atMs: number): boolean {
    return !this.#constant && this.#length < slots && atMs === this.endMs + stepMs;
  }

  append(_atMs: number, value: number): void {
    this.grow();
    this.#values[this.#length++] = value;
  }

  appendStale(_atMs: number): void {
    this.grow();
    writeStale(this.#values, this.#length++);
    this.#hasStale = true;
  }

  /** Puts the newest value, bit by bit, into an array. */
  copyNewest(into: Float64Array, index: number): void {
    const newest = this.placeOf(this.#length - 1);
    into.set(this.#values.subarray(newest, newest + 1), index);
  }

  /** NaN when it is empty. */
  get newestValue(): number {
    return this.#length === 0 ? NaN : this.valueAt(this.#length - 1);
  }

  get endsStale(): boolean {
    return this.#length > 0 && this.isStaleAt(this.#length - 1);
  }

  /** Called when no more comes: gives back what is not needed. Many series never change; theirs becomes one value. */
  seal(): void {
    if (this.#constant) return;
    const first = this.#values[0] as number;
    if (!this.#hasStale && this.isEverywhere(first)) {
      this.#constant = true;
      this.#values = this.#values.slice(0, 1);
    } else if (this.#values.length > this.#length) {
      this.#values = this.#values.slice(0, this.#length);
    }
  }

  timeAt(slot: number): number {
    return this.startMs + slot * stepMs;
  }

  valueAt(slot: number): number {
    return this.#values[this.placeOf(slot)] as number;
  }

  isStaleAt(slot: number): boolean {
    return this.#hasStale && isStale(this.#values, this.placeOf(slot));
  }

  /** Number of the newest slot at or before the time; -1 when there is none. */
  slotAt(atMs: number): number {
    return Math.min(this.#length - 1, Math.floor((atMs - this.startMs) / stepMs));
  }

  /** Appends the samples in (fromMs, toMs]; stale markers only `withStale`. */
  copy(fromMs: number, toMs: number, into: SampleBuffer, withStale = false): void {
    const first = Math.max(0, Math.floor((fromMs - this.startMs) / stepMs) + 1);
    const last = this.slotAt(toMs);
    if (last < first) return;
    if (this.#hasStale && !withStale) {
      for (let slot = first; slot <= last; slot++) {
        if (!this.isStaleAt(slot)) into.push(this.timeAt(slot), this.valueAt(slot));
      }
      return;
    }
    const count = last - first + 1;
    into.reserve(into.length + count);
    // One loop: for stretches this short it is faster than views and copies of them.
    const { times, values, length } = into;
    const from = this.#values;
    const constant = this.#constant;
    for (let i = 0; i < count; i++) {
      times[length + i] = this.startMs + (first + i) * stepMs;
      values[length + i] = from[constant ? 0 : first + i] as number;
    }
    into.length += count;
  }

  private placeOf(slot: number): number {
    return this.#constant ? 0 : slot;
  }

  private isEverywhere(value: number): boolean {
    // NaN is not told apart by payload here, so a series of NaNs stays as it is; Object.is keeps 0 and -0 apart.
    if (Number.isNaN(value)) return false;
    for (let slot = 1; slot < this.#length; slot++) if (!Object.is(this.#values[slot], value)) return false;
    return true;
  }

  private grow(): void {
    if (this.#length < this.#values.length) return;
    const larger = new Float64Array(Math.min(slots, Math.max(firstSlots, this.#values.length * 4)));
    larger.set(this.#values);
    this.#values = larger;
  }
}

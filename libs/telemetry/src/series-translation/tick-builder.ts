import type { Series, Tick } from '@tapewatch/model';

/** Gathers one tick. The arrays of a finished tick are its own and are never written to again. */
export class TickBuilder {
  readonly #series: Series[] = [];
  #values: Float64Array;

  /** `sizeHint`: how many series to expect; more are taken too. */
  constructor(sizeHint: number) {
    this.#values = new Float64Array(Math.max(64, sizeHint));
  }

  add(series: Series, value: number): void {
    const index = this.#series.length;
    if (index === this.#values.length) {
      const grown = new Float64Array(index * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#series.push(series);
    this.#values[index] = value;
  }

  finish(at: number): Tick {
    return { at, series: this.#series, values: this.#values.subarray(0, this.#series.length) };
  }
}

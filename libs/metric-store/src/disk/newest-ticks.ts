import type { Samples } from '../codec/samples.ts';
import type { HeadFile } from './head-file.ts';
import { firstOfPage, pageOf, seriesPerPage } from './layout.ts';
import { mergeSamples } from './merge-samples.ts';
import type { PageBuilder } from './recovered-page.ts';

/**
 * The ticks that no block has yet, turned round in one pass: a table of series and ticks for each page of series, so that nothing is
 * looked up for a sample. Which of a series' places are filled is kept as stretches, mostly one for all.
 */
export class NewestTicks {
  readonly #times: Float64Array;
  readonly #pages = new Map<number, PageTable>();
  /** By series: what came at times of its own. */
  readonly #beside = new Map<number, BesideSamples>();

  /** Reads them all, up to `toMs`. */
  constructor(head: HeadFile, toMs: number) {
    this.#times = Float64Array.from(new Set(head.tickTimes(0, toMs)));
    let tick = -1;
    for (const { atMs, ids, values, pushed } of head.ticks(0, toMs)) {
      while (tick < this.#times.length && this.#times[tick] !== atMs) tick++;
      // Nothing is written between the list of times and the ticks themselves.
      if (tick === this.#times.length) break;
      this.take(tick, ids, values);
      pushed?.ids.forEach((id, i) => this.takeBeside(id, pushed.times[i] as number, pushed.values, i));
    }
  }

  get ticks(): number {
    return this.#times.length;
  }

  /** Pages that have any. */
  get pages(): readonly number[] {
    return [...new Set([...this.#pages.keys(), ...[...this.#beside.keys()].map(pageOf)])].sort((a, b) => a - b);
  }

  /** Those of a page, for the series that are wanted. Frees what it gave. */
  addPage(page: number, builder: PageBuilder, wanted: (id: number) => boolean): void {
    const table = this.#pages.get(page);
    this.#pages.delete(page);
    for (let place = 0; place < seriesPerPage; place++) {
      const id = firstOfPage(page) + place;
      if (!wanted(id)) continue;
      const beside = this.#beside.get(id)?.finish();
      const stretches = table?.stretches(place) ?? [];
      if (beside === undefined && this.areEven(stretches)) {
        for (const [first, end] of stretches)
          builder.addRun(id, this.#times[first] as number, (table as PageTable).values(place, first, end));
        continue;
      }
      const own = stretches.length === 0 ? undefined : this.samplesOf(table as PageTable, place, stretches);
      const all = beside === undefined ? own : mergeSamples(own, beside);
      if (all !== undefined) builder.add(id, all);
    }
  }

  private take(tick: number, ids: Uint32Array, values: Float64Array): void {
    let known = -1;
    let table: PageTable | undefined;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      const page = pageOf(id);
      if (page !== known || table === undefined) {
        known = page;
        table = this.tableOf(page);
      }
      table.put(id - page * seriesPerPage, tick, values, i);
    }
  }

  private tableOf(page: number): PageTable {
    let table = this.#pages.get(page);
    if (table === undefined) this.#pages.set(page, (table = new PageTable(this.#times.length)));
    return table;
  }

  private takeBeside(id: number, timeMs: number, values: Float64Array, i: number): void {
    let samples = this.#beside.get(id);
    if (samples === undefined) this.#beside.set(id, (samples = new BesideSamples()));
    samples.add(timeMs, values, i);
  }

  /** Whether each stretch is without a missed tick in it. */
  private areEven(stretches: readonly (readonly [first: number, end: number])[]): boolean {
    return stretches.every(([first, end]) => {
      return (this.#times[end - 1] as number) - (this.#times[first] as number) === (end - 1 - first) * 1000;
    });
  }

  private samplesOf(
    table: PageTable,
    place: number,
    stretches: readonly (readonly [first: number, end: number])[],
  ): Samples {
    const length = stretches.reduce((sum, [first, end]) => sum + end - first, 0);
    const samples = { times: new Float64Array(length), values: new Float64Array(length) };
    let at = 0;
    for (const [first, end] of stretches) {
      samples.times.set(this.#times.subarray(first, end), at);
      samples.values.set(table.values(place, first, end), at);
      at += end - first;
    }
    return samples;
  }
}

/** A row for each series of a page, a place in it for each tick. */
class PageTable {
  readonly #ticks: number;
  readonly #values: Float64Array;
  readonly #words: Uint32Array;
  /** Of each series, the tick after its newest one; 0 when it has none. */
  readonly #ends = new Uint32Array(seriesPerPage);
  /** Where the stretch that is being filled began. */
  readonly #begins = new Uint32Array(seriesPerPage);
  /** Stretches that are over, of series that have more than one. */
  readonly #earlier = new Map<number, (readonly [first: number, end: number])[]>();

  constructor(ticks: number) {
    this.#ticks = ticks;
    this.#values = new Float64Array(ticks * seriesPerPage);
    this.#words = new Uint32Array(this.#values.buffer);
  }

  /** Ticks must not go back. Of one series, the first value at a tick counts. */
  put(place: number, tick: number, values: Float64Array, i: number): void {
    const end = this.#ends[place] as number;
    if (tick < end) return;
    if (tick > end || end === 0) this.begin(place, tick, end);
    this.#ends[place] = tick + 1;
    const to = place * this.#ticks + tick;
    const value = values[i] as number;
    if (value === value) this.#values[to] = value;
    else this.putBits(to, values, i);
  }

  stretches(place: number): readonly (readonly [first: number, end: number])[] {
    const end = this.#ends[place] as number;
    return end === 0 ? [] : [...(this.#earlier.get(place) ?? []), [this.#begins[place] as number, end]];
  }

  values(place: number, first: number, end: number): Float64Array {
    return this.#values.subarray(place * this.#ticks + first, place * this.#ticks + end);
  }

  private begin(place: number, tick: number, end: number): void {
    if (end > 0) {
      const earlier = this.#earlier.get(place);
      const over = [this.#begins[place] as number, end] as const;
      if (earlier === undefined) this.#earlier.set(place, [over]);
      else earlier.push(over);
    }
    this.#begins[place] = tick;
  }

  /** A NaN that travels as a number may lose its payload. */
  private putBits(to: number, values: Float64Array, i: number): void {
    this.#words.set(new Uint32Array(values.buffer, values.byteOffset + i * 8, 2), to * 2);
  }
}

/** Samples of one series that came one by one. */
class BesideSamples {
  #times = new Float64Array(8);
  #values = new Float64Array(8);
  #length = 0;

  /** One that is not newer than the newest is left out. */
  add(timeMs: number, values: Float64Array, i: number): void {
    if (this.#length > 0 && (this.#times[this.#length - 1] as number) >= timeMs) return;
    if (this.#length === this.#times.length) this.grow();
    this.#times[this.#length] = timeMs;
    this.#values.set(values.subarray(i, i + 1), this.#length++);
  }

  finish(): Samples {
    return { times: this.#times.subarray(0, this.#length), values: this.#values.subarray(0, this.#length) };
  }

  private grow(): void {
    const [times, values] = [new Float64Array(this.#length * 4), new Float64Array(this.#length * 4)];
    times.set(this.#times);
    values.set(this.#values);
    this.#times = times;
    this.#values = values;
  }
}

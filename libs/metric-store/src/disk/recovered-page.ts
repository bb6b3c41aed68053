import type { EvenSamples, Samples } from '../codec/samples.ts';
import { isStaleAt } from './stale-marker.ts';

/** What belongs to the memory of some series: those of one page, of a time that is newer than what earlier pages had of them. */
export interface RecoveredPage {
  /** Each a StoredSeries as JSON: those of the page's series that no page before told of. */
  readonly texts: readonly string[];
  /** What the runs point into. */
  readonly values: Float64Array;
  /** One after the other, `numbersPerRun` each: see RecoveredRun. Of one series, oldest first. */
  readonly runs: Float64Array;
  /** Series whose samples do not come every second. */
  readonly uneven: readonly { readonly id: number; readonly samples: Samples }[];
}

/** Samples of one series, one a second. */
export interface RecoveredRun {
  readonly id: number;
  readonly startMs: number;
  readonly length: number;
  /** All of them, or one when all are the same, bit by bit. */
  readonly values: Float64Array;
  readonly hasStale: boolean;
}

const secondMs = 1000;
const numbersPerRun = 6;
/** Of a series whose samples make shorter runs than this, on average, times are told instead. */
const leastRun = 4;

/** The runs of a page; their values are views of the page's. */
export function* runsOf({ runs, values }: RecoveredPage): IterableIterator<RecoveredRun> {
  for (let i = 0; i < runs.length; i += numbersPerRun) {
    const from = runs[i + 3] as number;
    yield {
      id: runs[i] as number,
      startMs: runs[i + 1] as number,
      length: runs[i + 2] as number,
      values: values.subarray(from, from + (runs[i + 4] as number)),
      hasStale: runs[i + 5] === 1,
    };
  }
}

/** Lays the samples of a page into one array, so that they change threads without a copy and memory keeps them as they came. */
export class PageBuilder {
  #values: Float64Array;
  #length = 0;
  readonly #runs: number[] = [];
  readonly #uneven: { readonly id: number; readonly samples: Samples }[] = [];

  /** `sizeHint`: how many values to expect; more are taken too. */
  constructor(sizeHint: number) {
    this.#values = new Float64Array(sizeHint);
  }

  /** Samples of one series, oldest first. */
  add(id: number, samples: EvenSamples | Samples): void {
    if ('stepMs' in samples) {
      if (samples.stepMs === secondMs || samples.values.length === 1) this.addRun(id, samples.firstMs, samples.values);
      else this.#uneven.push({ id, samples: writtenOut(samples) });
      return;
    }
    const { times, values } = samples;
    const ends = runEnds(times);
    if (times.length > 1 && ends.length * leastRun > times.length) {
      this.#uneven.push({ id, samples: { times: times.slice(), values: values.slice() } });
      return;
    }
    let from = 0;
    for (const end of ends) {
      this.addRun(id, times[from] as number, values.subarray(from, end));
      from = end;
    }
  }

  /** Values that come every second from a time on; they are copied. */
  addRun(id: number, startMs: number, values: Float64Array): void {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    const kept = isConstant(words) ? values.subarray(0, 1) : values;
    this.#runs.push(id, startMs, values.length, this.#length, kept.length, hasStale(words, kept.length) ? 1 : 0);
    this.reserve(kept.length);
    this.#values.set(kept, this.#length);
    this.#length += kept.length;
  }

  finish(texts: readonly string[]): RecoveredPage {
    return {
      texts,
      // What no run points to is not worth keeping.
      values: this.#length * 2 > this.#values.length ? this.#values : this.#values.slice(0, this.#length),
      runs: Float64Array.from(this.#runs),
      uneven: this.#uneven,
    };
  }

  private reserve(more: number): void {
    if (this.#length + more <= this.#values.length) return;
    const larger = new Float64Array(Math.max(this.#length + more, this.#values.length * 2));
    larger.set(this.#values.subarray(0, this.#length));
    this.#values = larger;
  }
}

/** What may be handed over with a page. */
export function buffersOfPage({ values, runs, uneven }: RecoveredPage): ArrayBuffer[] {
  const arrays = [values, runs, ...uneven.flatMap(({ samples }) => [samples.times, samples.values])];
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}

function writtenOut({ firstMs, stepMs, values }: EvenSamples): Samples {
  const times = new Float64Array(values.length);
  for (let i = 0; i < times.length; i++) times[i] = firstMs + i * stepMs;
  return { times, values };
}

/** Where runs of samples that come every second end. */
function runEnds(times: Float64Array): readonly number[] {
  const ends: number[] = [];
  for (let i = 1; i < times.length; i++) {
    if ((times[i] as number) - (times[i - 1] as number) !== secondMs) ends.push(i);
  }
  if (times.length > 0) ends.push(times.length);
  return ends;
}

function isConstant(words: Uint32Array): boolean {
  for (let i = 2; i < words.length; i += 2) if (words[i] !== words[0] || words[i + 1] !== words[1]) return false;
  return true;
}

function hasStale(words: Uint32Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (isStaleAt(words, i)) return true;
  return false;
}

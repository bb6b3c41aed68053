import { isStale, type Labels, type MetricDescription, type Series } from '@tapewatch/model';
import type { Sample, SampleBuffer, SeriesReader } from '@tapewatch/promql';
import { Chunk, stepMs } from './chunk.js';
import type { Samples } from './codec/samples.js';
import type { RecoveredRun } from './disk/recovered-page.js';
import { TimedChunk } from './timed-chunk.js';

/** About what a series costs besides its samples: labels, index entries, objects. */
const overheadBytes = 600;

type RestoredRun = Omit<RecoveredRun, 'id'>;

/** One series in memory: chunks, oldest first. */
export class SeriesMemory implements SeriesReader {
  readonly labels: Labels;
  readonly metric: MetricDescription;
  /** Its number in the history on disk; 0 while it has none. */
  historyId = 0;
  /** Which generation of the disk's knowledge of series it is part of; see HistoryWriter. */
  historyGeneration = 0;
  /** Its samples have times of their own, off the grid of the tick: another program pushes them. */
  readonly pushed: boolean;
  #chunks: (Chunk | TimedChunk)[] = [];
  /** A value that came after the newest sample and holds until the next; it is of no second, and kept nowhere. */
  #headMs = -Infinity;
  #head = 0;

  constructor(series: Series, pushed = false) {
    this.pushed = pushed;
    this.labels = series.labels;
    this.metric = series.metric;
  }

  /** Time of the newest sample or marker. */
  get newestMs(): number {
    return this.#chunks.at(-1)?.endMs ?? -Infinity;
  }

  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.bytes, overheadBytes);
  }

  /** A value between two samples: seen by who looks at a time from its own on, until the next sample takes its place. */
  observe(atMs: number, value: number): void {
    this.#headMs = atMs;
    this.#head = value;
  }

  /** Whether this is what was observed last, or, where nothing was since, the newest sample. */
  isAt(value: number): boolean {
    if (this.#headMs !== -Infinity) return Object.is(this.#head, value);
    const newest = this.#chunks.at(-1);
    return newest !== undefined && Object.is(newest.newestValue, value);
  }

  /** Times must grow; the caller sees to it. */
  append(atMs: number, value: number): void {
    this.#headMs = -Infinity;
    this.chunkFor(atMs).append(atMs, value);
  }

  /** Whether this very value is kept for this very time. */
  has(atMs: number, value: number): boolean {
    const found: Sample = { timeMs: 0, value: 0 };
    return this.latest(atMs, 1, found) && found.timeMs === atMs && Object.is(found.value, value);
  }

  /** Marks that the series has ended: from here on it has no value. */
  end(atMs: number): void {
    this.#headMs = -Infinity;
    this.chunkFor(atMs).appendStale(atMs);
  }

  /** Appends what was read from the disk, markers included; what is not newer than what is here is left out. */
  restore(samples: Samples): void {
    const { times, values } = newer(samples, this.newestMs);
    if (times.length === 0) return;
    if (this.pushed) this.put(TimedChunk.restored({ times, values }));
    else for (let i = 0; i < times.length; i++) this.restoreRun(single(times[i] as number, values.subarray(i, i + 1)));
  }

  /** As `restore`, of samples that come every second; the values are kept, not copied. */
  restoreRun(run: RestoredRun): void {
    const passed = Math.floor((this.newestMs - run.startMs) / stepMs) + 1;
    if (passed >= run.length) return;
    const rest = passed <= 0 ? run : withoutFirst(run, passed);
    this.put(this.pushed ? TimedChunk.restored(timed(rest)) : Chunk.restored(rest));
  }

  /** Whether its newest entry says that it has ended. */
  get ended(): boolean {
    return this.#chunks.at(-1)?.endsStale ?? true;
  }

  copyNewest(into: Float64Array, index: number): void {
    this.#chunks.at(-1)?.copyNewest(into, index);
  }

  /** Drops whole chunks that ended at or before the time; false when nothing is left. */
  dropUntil(untilMs: number): boolean {
    let gone = 0;
    while (gone < this.#chunks.length && (this.#chunks[gone] as Chunk | TimedChunk).endMs <= untilMs) gone++;
    if (gone > 0) this.#chunks.splice(0, gone);
    return this.#chunks.length > 0;
  }

  latest(atMs: number, lookbackMs: number, into: Sample): boolean {
    if (this.#headMs !== -Infinity && this.#headMs <= atMs) {
      if (this.#headMs <= atMs - lookbackMs) return false;
      into.timeMs = this.#headMs;
      into.value = this.#head;
      return true;
    }
    const chunk = this.chunkAt(atMs);
    if (chunk === undefined) return false;
    const slot = chunk.slotAt(atMs);
    const timeMs = chunk.timeAt(slot);
    if (timeMs <= atMs - lookbackMs || chunk.isStaleAt(slot)) return false;
    into.timeMs = timeMs;
    into.value = chunk.valueAt(slot);
    return true;
  }

  window(fromMs: number, toMs: number, into: SampleBuffer, withStale = false): void {
    const chunks = this.#chunks;
    // From the newest back: windows are mostly short and end now.
    let first = chunks.length;
    while (first > 0 && (chunks[first - 1] as Chunk | TimedChunk).endMs > fromMs) first--;
    for (let i = first; i < chunks.length; i++) {
      const chunk = chunks[i] as Chunk | TimedChunk;
      if (chunk.startMs > toMs) return;
      chunk.copy(fromMs, toMs, into, withStale);
    }
    if (this.#headMs > fromMs && this.#headMs <= toMs) into.push(this.#headMs, this.#head);
  }

  private put(chunk: Chunk | TimedChunk): void {
    this.#chunks.at(-1)?.seal();
    this.#chunks.push(chunk);
  }

  private chunkFor(atMs: number): Chunk | TimedChunk {
    const last = this.#chunks.at(-1);
    if (last?.takes(atMs) === true) return last;
    const chunk = this.pushed ? new TimedChunk() : new Chunk(atMs);
    this.put(chunk);
    return chunk;
  }

  /** The newest chunk that begins at or before the time: almost always the last one. */
  private chunkAt(atMs: number): Chunk | TimedChunk | undefined {
    return this.#chunks.findLast((chunk) => chunk.startMs <= atMs);
  }
}

function newer({ times, values }: Samples, thanMs: number): Samples {
  let first = 0;
  while (first < times.length && (times[first] as number) <= thanMs) first++;
  return first === 0 ? { times, values } : { times: times.subarray(first), values: values.subarray(first) };
}

function single(startMs: number, values: Float64Array): RestoredRun {
  return { startMs, length: 1, values, hasStale: isStale(values, 0) };
}

function withoutFirst({ startMs, length, values, hasStale }: RestoredRun, count: number): RestoredRun {
  const kept = values.length < length ? values : values.subarray(count);
  return { startMs: startMs + count * stepMs, length: length - count, values: kept, hasStale };
}

function timed({ startMs, length, values }: RestoredRun): Samples {
  const times = Float64Array.from({ length }, (_, i) => startMs + i * stepMs);
  if (values.length === length) return { times, values };
  const all = new Float64Array(length);
  for (let i = 0; i < length; i++) all.set(values, i);
  return { times, values: all };
}

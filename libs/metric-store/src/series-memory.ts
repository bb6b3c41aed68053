import type { Labels, MetricDescription, Series } from '@tapewatch/model';
import type { Sample, SampleBuffer, SeriesReader } from '@tapewatch/promql';
import { Chunk } from './chunk.js';
import type { Samples } from './codec/samples.js';
import { TimedChunk } from './timed-chunk.js';

/** About what a series costs besides its samples: labels, index entries, objects. */
const overheadBytes = 600;

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

  /** Times must grow; the caller sees to it. */
  append(atMs: number, value: number): void {
    this.chunkFor(atMs).append(atMs, value);
  }

  /** Whether this very value is kept for this very time. */
  has(atMs: number, value: number): boolean {
    const found: Sample = { timeMs: 0, value: 0 };
    return this.latest(atMs, 1, found) && found.timeMs === atMs && Object.is(found.value, value);
  }

  /** Marks that the series has ended: from here on it has no value. */
  end(atMs: number): void {
    this.chunkFor(atMs).appendStale(atMs);
  }

  /** Appends what was read from the disk, markers included; what is not newer than what is here is left out. */
  restore({ times, values }: Samples): void {
    let i = 0;
    while (i < times.length && (times[i] as number) <= this.newestMs) i++;
    while (i < times.length) i += this.chunkFor(times[i] as number).appendRun(times, values, i);
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
  }

  private chunkFor(atMs: number): Chunk | TimedChunk {
    const last = this.#chunks.at(-1);
    if (last?.takes(atMs) === true) return last;
    last?.seal();
    const chunk = this.pushed ? new TimedChunk() : new Chunk(atMs);
    this.#chunks.push(chunk);
    return chunk;
  }

  /** The newest chunk that begins at or before the time: almost always the last one. */
  private chunkAt(atMs: number): Chunk | TimedChunk | undefined {
    return this.#chunks.findLast((chunk) => chunk.startMs <= atMs);
  }
}

import type { Counter, Meter } from '@opentelemetry/api';
import { messageOf, type Clock, type Logger } from '@tapewatch/model';
import { DiskGoneError } from './disk/disk-client.js';
import type { AppendResult, DiskFigures, TickBatch } from './disk/history-disk.js';
import type { StoredSeries } from './disk/layout.js';
import type { PushedSamples } from './disk/tick-row.js';
import type { SampleJournal } from './memory-store.js';
import type { SeriesMemory } from './series-memory.js';

/** What is asked of the disk. */
export interface HistoryDiskPort {
  append(batches: readonly TickBatch[]): Promise<AppendResult>;
  figures(): Promise<DiskFigures>;
  /** Resolves once no work that fell due is left. */
  idle(): Promise<void>;
}

export interface HistoryWriterOptions {
  readonly disk: HistoryDiskPort;
  /** Not yet given to any series. */
  readonly nextId: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Two minutes and a half of ticks, or less when they are large; then the oldest are given up. */
const mostWaiting = 150;
const mostWaitingBytes = 32 * 2 ** 20;
/** In one transaction, when many wait. */
const mostAtOnce = 50;
const pauseMs = 1_000;
const figuresEveryMs = 30_000;

/** Hands what memory takes in to the disk, a batch for each time, in order, and keeps it until the disk has it. */
export class HistoryWriter implements SampleJournal {
  readonly #options: HistoryWriterOptions;
  #nextId: number;
  /** Goes up when the disk has forgotten which series there are. */
  #generation = 1;
  #atMs = 0;
  #ids = new Uint32Array(1024);
  #values = new Float64Array(1024);
  #length = 0;
  #begun: StoredSeries[] = [];
  /** Samples of other times than the tick's: what was pushed, what rules work out as of earlier. They go with the next batch. */
  #pushed: { readonly id: number; readonly timeMs: number; readonly bits: Float64Array }[] = [];
  #waiting: TickBatch[] = [];
  #waitingBytes = 0;
  /** Of the waiting, from the first on, those that the disk is writing. */
  #sending = 0;
  #draining: Promise<void> | undefined;
  #failing = false;
  /** The disk went away over the last batches: they may be written all the same. */
  #uncertain = false;
  #stopped = false;
  #dropped: Counter | undefined;
  #damaged: Counter | undefined;
  #figures: DiskFigures = { bytes: 0, damagedFiles: 0 };
  #figuresAt = -Infinity;

  constructor(options: HistoryWriterOptions) {
    this.#options = options;
    this.#nextId = options.nextId;
  }

  measure(meter: Meter): void {
    meter
      .createObservableGauge('tapewatch.store.size', { unit: 'By', description: 'Metric history on disk' })
      .addCallback((result) => result.observe(this.#figures.bytes));
    meter
      .createObservableGauge('tapewatch.store.waiting', {
        unit: '{tick}',
        description: 'Ticks that are not on disk yet',
      })
      .addCallback((result) => result.observe(this.#waiting.length));
    meter
      .createObservableGauge('tapewatch.store.damaged', {
        unit: '{file}',
        description: 'Files of the metric history that were damaged and set aside',
      })
      .addCallback((result) => result.observe(this.#figures.damagedFiles));
    this.#dropped = meter.createCounter('tapewatch.store.dropped', {
      unit: '{tick}',
      description:
        'Ticks that are missing on disk: given up while it could not be written, or of a time that had passed',
    });
    this.#damaged = meter.createCounter('tapewatch.store.damaged.rows', {
      unit: '{row}',
      description: 'Rows of the metric history whose checksum did not fit and that were left out',
    });
    this.#damaged.add(0);
    for (const reason of ['backlog', 'clock']) this.#dropped.add(0, { reason });
  }

  /** False while the newest attempt to write has failed. */
  get healthy(): boolean {
    return !this.#failing;
  }

  /** A tick came for a time that has passed, and memory did not take it. */
  late(): void {
    this.#dropped?.add(1, { reason: 'clock' });
  }

  /** Another storage worker has taken over: it is told of every series again. */
  diskRestarted(): void {
    this.#generation++;
  }

  rowDamaged(): void {
    this.#damaged?.add(1);
  }

  /** A series that was read from the disk: it keeps its id. */
  knows(memory: SeriesMemory, id: number): void {
    memory.historyId = id;
    memory.historyGeneration = memory.ended ? 0 : this.#generation;
  }

  /** One sample, or, with `ended`, the marker that there is none any more. */
  add(memory: SeriesMemory, atMs: number, value: number, ended = false): void {
    if (memory.historyGeneration !== this.#generation) this.begin(memory);
    if (atMs !== this.#atMs || memory.pushed) {
      this.addBeside(memory, atMs, ended);
      return;
    }
    if (this.#length === this.#ids.length) this.grow();
    this.#ids[this.#length] = memory.historyId;
    this.#values[this.#length] = value;
    if (ended) {
      memory.copyNewest(this.#values, this.#length);
      // Should it come back, it is told of again: the disk forgets series that are over.
      memory.historyGeneration = 0;
    }
    this.#length++;
  }

  /** A time at which there may have been no sample at all. */
  open(atMs: number): void {
    if (atMs !== this.#atMs) this.flush();
    this.#atMs = atMs;
  }

  /** Sends what has come for one time. More may come for it, and is sent later. */
  flush(): void {
    if (this.#atMs === 0 || this.#stopped) return;
    const batch: TickBatch = {
      atMs: this.#atMs,
      series: this.#begun,
      ids: this.#ids.slice(0, this.#length),
      values: this.#values.slice(0, this.#length),
      ...(this.#pushed.length === 0 ? {} : { pushed: pushedSamples(this.#pushed) }),
    };
    this.#waiting.push(batch);
    this.#waitingBytes += sizeOf(batch);
    this.#atMs = 0;
    this.#length = 0;
    this.#begun = [];
    this.#pushed = [];
    this.bound();
    this.#draining ??= this.drain().finally(() => {
      this.#draining = undefined;
    });
  }

  /** Resolves once everything that was flushed is on the disk, or given up, and in its place there. */
  async settled(): Promise<void> {
    await this.#draining;
    await this.#options.disk.idle();
  }

  /** Waits for what is on its way; what cannot be written now is given up. */
  async stop(): Promise<void> {
    this.flush();
    this.#stopped = true;
    await this.#draining;
  }

  private addBeside(memory: SeriesMemory, timeMs: number, ended: boolean): void {
    const bits = new Float64Array(1);
    memory.copyNewest(bits, 0);
    if (ended) memory.historyGeneration = 0;
    this.#pushed.push({ id: memory.historyId, timeMs, bits });
  }

  private begin(memory: SeriesMemory): void {
    if (memory.historyId === 0) memory.historyId = this.#nextId++;
    memory.historyGeneration = this.#generation;
    const { names, values } = memory.labels;
    this.#begun.push({
      ...{ id: memory.historyId, names, values, metric: memory.metric },
      ...(memory.pushed ? { pushed: true } : {}),
    });
  }

  private bound(): void {
    let dropped = 0;
    while (this.#waiting.length > mostWaiting || this.#waitingBytes > mostWaitingBytes) {
      // The first ones are on their way to the disk, the newest is not in the way of any.
      if (this.#waiting.length <= this.#sending + 1) break;
      const [batch] = this.#waiting.splice(this.#sending, 1) as [TickBatch];
      this.#waitingBytes -= sizeOf(batch);
      // The series that it would have told of are told of by the next one.
      const next = this.#waiting[this.#sending] as TickBatch;
      if (batch.series.length > 0)
        this.#waiting[this.#sending] = { ...next, series: [...batch.series, ...next.series] };
      dropped++;
    }
    if (dropped > 0) this.#dropped?.add(dropped, { reason: 'backlog' });
  }

  private async drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batches = this.#waiting.slice(0, mostAtOnce);
      this.#sending = batches.length;
      try {
        const { late, headReplaced } = await this.#options.disk.append(batches);
        // Of batches that come again, those that are older than what is stored are stored.
        if (late > 0 && !this.#uncertain) this.#dropped?.add(late, { reason: 'clock' });
        this.#uncertain = false;
        if (headReplaced) this.#generation++;
        this.#waiting.splice(0, batches.length);
        for (const batch of batches) this.#waitingBytes -= sizeOf(batch);
        this.recovered();
        await this.readFigures();
      } catch (thrown) {
        this.failed(thrown);
        this.#sending = 0;
        if (this.#stopped) return;
        await new Promise<void>((resolve) => this.#options.clock.setTimeout(resolve, pauseMs));
      }
    }
    this.#sending = 0;
  }

  private async readFigures(): Promise<void> {
    const now = this.#options.clock.monotonic();
    if (now - this.#figuresAt < figuresEveryMs) return;
    this.#figuresAt = now;
    this.#figures = await this.#options.disk.figures();
  }

  private failed(thrown: unknown): void {
    if (thrown instanceof DiskGoneError) this.#uncertain = true;
    if (!this.#failing)
      this.#options.logger.error(
        { error: messageOf(thrown) },
        'metric history cannot be written; keeping ticks in memory and trying again',
      );
    this.#failing = true;
  }

  private recovered(): void {
    if (this.#failing) this.#options.logger.info({}, 'metric history can be written again');
    this.#failing = false;
  }

  private grow(): void {
    const ids = new Uint32Array(this.#ids.length * 2);
    const values = new Float64Array(this.#values.length * 2);
    ids.set(this.#ids);
    values.set(this.#values);
    this.#ids = ids;
    this.#values = values;
  }
}

function pushedSamples(
  pushed: readonly { readonly id: number; readonly timeMs: number; readonly bits: Float64Array }[],
): PushedSamples {
  const values = new Float64Array(pushed.length);
  pushed.forEach(({ bits }, i) => values.set(bits, i));
  return {
    ids: Uint32Array.from(pushed, ({ id }) => id),
    times: Float64Array.from(pushed, ({ timeMs }) => timeMs),
    values,
  };
}

function sizeOf({ ids, pushed }: TickBatch): number {
  return ids.length * 12 + (pushed?.ids.length ?? 0) * 20;
}

import type { Counter, Meter } from '@opentelemetry/api';
import { formatDuration, type Logger, type Matcher, type Series, type Tick, type TickStage } from '@tapewatch/model';
import type { SeriesSource } from '@tapewatch/promql';
import { stepMs } from './chunk.js';
import { SeriesIndex } from './series-index.js';
import { SeriesMemory } from './series-memory.js';

export interface MemoryStoreOptions {
  /** How far back memory reaches when it fits. */
  readonly retentionMs: number;
  readonly budgetBytes: number;
  readonly logger: Logger;
}

/** Is told of everything that memory takes in, in order; see HistoryWriter. */
export interface SampleJournal {
  /** A tick begins, whatever it has. */
  open(atMs: number): void;
  /** With `ended` the sample is the marker that the series has no value any more. The time is the open tick's, or, of what was pushed or worked out by rules, another. */
  add(memory: SeriesMemory, atMs: number, value: number, ended?: boolean): void;
  /** A tick was refused because its time has passed. */
  late(): void;
}

/** Why a pushed sample found no place. */
export type AppendRefusal = 'out_of_order' | 'too_old' | 'no_room' | 'not_pushed';

const sweepEveryTicks = 30;
/** Below this, series are refused rather than time given up. */
const shortestRetentionMs = 60_000;

/** The newest samples of every series, within a budget: what rules and queries look at. */
export class MemoryStore implements TickStage, SeriesSource {
  readonly #options: MemoryStoreOptions;
  readonly #journal: SampleJournal | undefined;
  readonly #index = new SeriesIndex();
  readonly #bySeries = new WeakMap<Series, SeriesMemory>();
  readonly #byLabels = new Map<string, SeriesMemory>();
  /** In the newest tick. */
  #live: SeriesMemory[] = [];
  #tickTimes: number[] = [];
  /** Whether the live series are those of an earlier process. */
  #resumed = false;
  #ticked = false;
  #retentionMs: number;
  #samplesTotal = 0;
  #full = false;
  #refused: Counter | undefined;
  readonly #refusedSeries = new WeakSet<Series>();

  constructor(options: MemoryStoreOptions, journal?: SampleJournal) {
    this.#options = options;
    this.#journal = journal;
    this.#retentionMs = options.retentionMs;
  }

  /** Registers its own figures; they come back to it like all others. */
  measure(meter: Meter): void {
    this.#refused = meter.createCounter('tapewatch.series.refused', {
      unit: '{series}',
      description: 'New series that found no place in the memory budget',
    });
    this.#refused.add(0);
    meter
      .createObservableGauge('tapewatch.memory.retention', {
        unit: 's',
        description: 'How far back memory reaches at present',
      })
      .addCallback((result) => result.observe(this.#retentionMs / 1000));
    meter
      .createObservableGauge('tapewatch.memory.retention.wanted', {
        unit: 's',
        description: 'How far back memory reaches when it fits its budget',
      })
      .addCallback((result) => result.observe(this.#options.retentionMs / 1000));
  }

  /** How far back memory may reach at present. */
  get retentionMs(): number {
    return this.#retentionMs;
  }

  /** Whether the budget has cut memory short. */
  get shortened(): boolean {
    return this.#retentionMs < this.#options.retentionMs;
  }

  get samplesTotal(): number {
    return this.#samplesTotal;
  }

  /** Series in the newest tick. */
  get seriesActive(): number {
    return this.#live.length;
  }

  /** The newest tick, be it one that an earlier process has stored. */
  get lastTickAt(): number | undefined {
    return this.#tickTimes.at(-1);
  }

  /** The newest tick that came since the start; undefined until the first has come. */
  get ownTickAt(): number | undefined {
    return this.#ticked ? this.lastTickAt : undefined;
  }

  /** The oldest tick that is still here. */
  get firstTickAt(): number | undefined {
    return this.#tickTimes[0];
  }

  /** Ticks stored in (fromMs, toMs]. */
  ticksIn(fromMs: number, toMs: number): number {
    return this.#tickTimes.filter((at) => at > fromMs && at <= toMs).length;
  }

  accept(tick: Tick): void {
    const at = tick.at;
    const lastAt = this.lastTickAt ?? -Infinity;
    if (at <= lastAt) {
      this.#journal?.late();
      return;
    }
    if (this.#resumed) this.endAll(lastAt, at);
    this.#journal?.open(at);
    this.#tickTimes.push(at);
    this.#ticked = true;
    const before = this.#live;
    this.#live = [];
    for (let i = 0; i < tick.series.length; i++) {
      const memory = this.memoryOf(tick.series[i] as Series);
      // Two series of the same labels in one tick: the first one counts.
      if (memory === undefined || memory.pushed || memory.newestMs >= at) continue;
      this.take(memory, at, tick.values[i] as number);
      this.#live.push(memory);
    }
    for (const memory of before) if (memory.newestMs < at) this.close(memory, at);
    this.#samplesTotal += this.#live.length;
    if (this.#tickTimes.length % sweepEveryTicks === 0) this.sweep(at);
  }

  /**
   * What rules write besides the ticks: after the tick of that time, or as of an earlier time; `undefined` ends a series. Gives the first series
   * that already had another value at that time, or a later one: it keeps what it had.
   */
  appendRuleSamples(
    at: number,
    samples: readonly { readonly series: Series; readonly value: number | undefined }[],
  ): Series | undefined {
    let conflict: Series | undefined;
    for (const { series, value } of samples) {
      if (value === undefined) {
        const memory = this.#byLabels.get(series.labels.key);
        if (memory !== undefined && memory.newestMs < at && !memory.pushed) this.close(memory, at);
        continue;
      }
      const memory = this.memoryOf(series);
      if (memory === undefined) continue;
      if (memory.newestMs < at && !memory.pushed) {
        this.take(memory, at, value);
        this.#samplesTotal++;
      } else if (memory.pushed || !memory.has(at, value)) conflict ??= series;
    }
    return conflict;
  }

  /** Takes a sample of a series that another program pushes, at a time of its own; times of one series must grow. */
  append(series: Series, timeMs: number, value: number): AppendRefusal | undefined {
    const memory = this.memoryOf(series, true);
    if (memory === undefined) return 'no_room';
    if (!memory.pushed) return 'not_pushed';
    if (timeMs <= memory.newestMs) return 'out_of_order';
    if (timeMs <= (this.lastTickAt ?? timeMs) - this.#retentionMs) return 'too_old';
    this.take(memory, timeMs, value);
    this.#samplesTotal++;
    return undefined;
  }

  /**
   * Takes a value of a series of ours between two ticks: the next tick brings it again, or a newer one, and until then it is what the series
   * has from this time on. Only of a series that the newest tick had. False when that has not changed what there is to see.
   */
  observe(series: Series, atMs: number, value: number): boolean {
    const memory = this.#bySeries.get(series);
    if (memory === undefined || memory.pushed || memory.newestMs !== this.lastTickAt || memory.ended) return false;
    if (atMs <= memory.newestMs || memory.isAt(value)) return false;
    memory.observe(atMs, value);
    return true;
  }

  /** A pushed series has no value from this time on. */
  end(series: Series, timeMs: number): void {
    const memory = this.#byLabels.get(series.labels.key);
    if (memory?.pushed === true && timeMs > memory.newestMs) this.close(memory, timeMs);
  }

  select(matchers: readonly Matcher[]): readonly SeriesMemory[] {
    return this.#index.select(matchers);
  }

  /**
   * Makes a series of an earlier process known again, for its samples to be put into; before the first tick. Undefined when there is no
   * room for it.
   */
  restore(series: Series, pushed = false): SeriesMemory | undefined {
    return this.memoryOf(series, pushed);
  }

  /**
   * Called once everything is restored, with the times of the earlier ticks, oldest first. Nothing was measured between the last of them
   * and the first to come, so every series ends there: no lookback takes an old value for a live one.
   */
  resume(tickTimes: Float64Array, nowMs: number): void {
    const lastAt = tickTimes.at(-1);
    if (lastAt === undefined) return;
    this.#tickTimes = [...tickTimes];
    for (const memory of this.#index) if (!memory.ended) this.#live.push(memory);
    this.sweep(lastAt);
    this.#resumed = true;
    // The first tick comes with the next second at the earliest.
    if (nowMs - lastAt >= 2 * stepMs) this.endAll(lastAt, nowMs);
  }

  private endAll(lastAt: number, nowMs: number): void {
    this.#resumed = false;
    const endMs = lastAt + stepMs;
    if (endMs >= nowMs) return;
    for (const memory of this.#live) if (memory.newestMs < endMs) this.close(memory, endMs);
    this.#live = [];
  }

  private take(memory: SeriesMemory, at: number, value: number): void {
    memory.append(at, value);
    this.#journal?.add(memory, at, value);
  }

  private close(memory: SeriesMemory, at: number): void {
    memory.end(at);
    this.#journal?.add(memory, at, NaN, true);
  }

  private memoryOf(series: Series, pushed = false): SeriesMemory | undefined {
    const known = this.#bySeries.get(series);
    // One that was swept away while nothing came for it has to be made anew.
    if (known !== undefined && this.#byLabels.get(series.labels.key) === known) return known;
    const memory = this.#byLabels.get(series.labels.key) ?? this.create(series, pushed);
    if (memory !== undefined) this.#bySeries.set(series, memory);
    return memory;
  }

  private create(series: Series, pushed: boolean): SeriesMemory | undefined {
    if (this.#full) {
      // Its samples come every second; it is one series all the same.
      if (!this.#refusedSeries.has(series)) this.#refused?.add(1);
      this.#refusedSeries.add(series);
      return undefined;
    }
    const memory = new SeriesMemory(series, pushed);
    this.#byLabels.set(series.labels.key, memory);
    this.#index.add(memory);
    return memory;
  }

  /** Drops what is too old, and gives up time, or takes it back, to keep within the budget. */
  private sweep(at: number): void {
    let bytes = this.drop(at);
    while (bytes > this.#options.budgetBytes && this.#retentionMs > shortestRetentionMs) {
      this.shorten();
      bytes = this.drop(at);
    }
    this.#full = bytes > this.#options.budgetBytes;
    if (this.shortened && bytes < this.#options.budgetBytes * 0.7) {
      this.#retentionMs = Math.min(this.#options.retentionMs, Math.round(this.#retentionMs * 1.1));
    }
  }

  private shorten(): void {
    if (!this.shortened) {
      this.#options.logger.warn(
        { budgetBytes: this.#options.budgetBytes, series: this.#index.size },
        `memory for ${formatDuration(this.#options.retentionMs)} of metrics does not fit its budget and is shortened; raise metrics.memory to keep more`,
      );
    }
    this.#retentionMs = Math.max(shortestRetentionMs, Math.round(this.#retentionMs * 0.9));
  }

  /** Returns the bytes in use afterwards. */
  private drop(at: number): number {
    const untilMs = at - this.#retentionMs;
    const firstKept = this.#tickTimes.findIndex((time) => time > untilMs);
    if (firstKept > 0) this.#tickTimes.splice(0, firstKept);
    let bytes = 0;
    for (const memory of this.#index) {
      if (memory.dropUntil(untilMs)) {
        bytes += memory.bytes;
      } else {
        this.#index.remove(memory);
        this.#byLabels.delete(memory.labels.key);
      }
    }
    return bytes;
  }
}

import { MemoryStore } from '@tapewatch/metric-store';
import type { Labels, Logger, Matcher } from '@tapewatch/model';
import type { Sample, SampleBuffer, SeriesReader, SeriesSource } from '@tapewatch/promql';
import type { RecordSamples } from '@tapewatch/rules';
import type { ReplayHistory } from './replay-history.js';

/** How much of what rules record is kept: more than any recorded window needs, and bounded. */
const recordedBytes = 128 * 2 ** 20;

export interface ReplaySourceOptions {
  readonly history: ReplayHistory;
  /** Whether a stored series is worked out anew in the replay, so that the stored one does not count. */
  readonly isReplaced: (labels: Labels) => boolean;
  /** How far back what rules record is read. */
  readonly recordedMs: number;
  readonly logger: Logger;
}

/** What a rule sees in a replay: the history up to the second that is judged, with what rules of the replay have recorded in it. */
export class ReplaySource implements SeriesSource {
  readonly #options: ReplaySourceOptions;
  readonly #recorded: MemoryStore;
  #records = false;
  #nowMs = -Infinity;
  #stored = new Map<readonly Matcher[], readonly SeriesReader[]>();
  #base = new Map<readonly Matcher[], readonly SeriesReader[]>();

  constructor(options: ReplaySourceOptions) {
    this.#options = options;
    this.#recorded = new MemoryStore({
      retentionMs: options.recordedMs,
      budgetBytes: recordedBytes,
      logger: options.logger,
    });
  }

  /** Called before each evaluation. */
  moveTo(nowMs: number): void {
    this.#nowMs = nowMs;
    // Forgets what is too old, as every tick does.
    if (this.#records) this.#recorded.accept({ at: nowMs, series: [], values: [] });
  }

  readonly record: RecordSamples = (at, samples) => {
    this.#records = true;
    const conflict = this.#recorded.appendRuleSamples(at, samples);
    if (conflict !== undefined)
      throw new Error(`${conflict.labels.toString()} has a value of this time already: something else writes it, too`);
  };

  /** Of what was recorded nothing goes on: so a start finds every series of the run before. */
  endRecorded(atMs: number): void {
    const series = this.#recorded.select([]);
    this.#recorded.appendRuleSamples(
      atMs,
      series.map((one) => ({ series: one, value: undefined })),
    );
  }

  select(matchers: readonly Matcher[]): readonly SeriesReader[] {
    const stored = this.#storedOf(matchers);
    if (!this.#records) return stored;
    const recorded = this.#recorded.select(matchers);
    return recorded.length === 0 ? stored : [...stored, ...recorded];
  }

  #storedOf(matchers: readonly Matcher[]): readonly SeriesReader[] {
    const base = this.#options.history.select(matchers);
    const known = this.#stored.get(matchers);
    if (known !== undefined && this.#base.get(matchers) === base) return known;
    const readers = base
      .filter(({ labels }) => !this.#options.isReplaced(labels))
      .map((reader) => new PastReader(reader, () => this.#nowMs));
    this.#base.set(matchers, base);
    this.#stored.set(matchers, readers);
    return readers;
  }
}

/** A series of which the rule cannot know yet what comes after the second that is judged, also where its query looks ahead. */
class PastReader implements SeriesReader {
  readonly labels: Labels;
  readonly #reader: SeriesReader;
  readonly #now: () => number;

  constructor(reader: SeriesReader, now: () => number) {
    this.labels = reader.labels;
    this.#reader = reader;
    this.#now = now;
  }

  latest(atMs: number, lookbackMs: number, into: Sample): boolean {
    const aheadMs = atMs - this.#now();
    if (aheadMs <= 0) return this.#reader.latest(atMs, lookbackMs, into);
    return aheadMs < lookbackMs && this.#reader.latest(atMs - aheadMs, lookbackMs - aheadMs, into);
  }

  window(fromMs: number, toMs: number, into: SampleBuffer): void {
    const endMs = Math.min(toMs, this.#now());
    if (fromMs < endMs) this.#reader.window(fromMs, endMs, into);
  }
}

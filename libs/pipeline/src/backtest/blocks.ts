import { QueryLimitError, timeSpanOf, type TimeSpan } from '@tapewatch/promql';
import type { HistoryResolution } from '@tapewatch/metric-store';
import type { ReplayHistory } from './replay-history.js';
import type { AskedExpression } from './subject.js';

/** Prometheus', and the evaluator's when none is given. */
const lookbackMs = 300_000;
const minuteMs = 60_000;
const firstBlockMs = 15 * minuteMs;
const longestBlockMs = 120 * minuteMs;
/** As far as the length of blocks goes by it. */
const longestReachMs = 30 * 86_400_000;
/** So many are copied without holding up the thread for long. */
const wantedSamples = 500_000;
/** Sixteen bytes each. */
const mostSamples = 8_000_000;

export interface BlocksOptions {
  readonly history: ReplayHistory;
  readonly asked: readonly AskedExpression[];
  /** Before this, only what minutes left is read. */
  readonly rawFromMs: number;
}

/** Keeps the stretch of the history loaded that the evaluations of the next while look at. */
export class Blocks {
  readonly #options: BlocksOptions;
  /** No shorter: what lies before its first evaluation is read again with every block. */
  readonly #shortestMs: number;
  #lengthMs: number;
  #tooLongMs = Infinity;
  #untilMs = -Infinity;
  #minutesUntil: number | undefined;

  constructor(options: BlocksOptions) {
    this.#options = options;
    const span = this.#spanOf(0, 0);
    const reachMs = span === undefined ? 0 : Math.min(Math.max(0, -span.fromMs), longestReachMs);
    this.#shortestMs = Math.max(minuteMs, reachMs / 4);
    this.#lengthMs = Math.max(firstBlockMs, reachMs / 2);
  }

  /** The last evaluation that was answered from what minutes left. */
  get minutesUntil(): number | undefined {
    return this.#minutesUntil;
  }

  /** Resolves once an evaluation at this time finds all it looks at; times grow. Rejects with QueryLimitError, or with what keeps the history from being read. */
  async ready(atMs: number, endMs: number): Promise<void> {
    if (atMs <= this.#untilMs) return;
    for (;;) {
      const untilMs = Math.min(endMs, atMs + this.#lengthMs, this.#lastOfMinutes(atMs));
      try {
        await this.#load(atMs, untilMs);
        this.#untilMs = untilMs;
        if (this.#lengthMs * 2 < this.#tooLongMs) this.#lengthMs = Math.min(longestBlockMs, this.#lengthMs * 2);
        return;
      } catch (thrown) {
        const tooMuch = thrown instanceof QueryLimitError && thrown.limit === 'maxSamples';
        if (!tooMuch || this.#lengthMs <= this.#shortestMs) throw thrown;
        this.#tooLongMs = this.#lengthMs;
        this.#lengthMs = Math.max(this.#shortestMs, this.#lengthMs / 2);
      }
    }
  }

  /** Where a block from here on ends at the latest, as all samples of what follows are kept; infinite where they are already. */
  #lastOfMinutes(atMs: number): number {
    const missingMs = this.#options.rawFromMs - (this.#spanOf(atMs, atMs)?.fromMs ?? Infinity);
    return missingMs > 0 ? atMs + Math.ceil(missingMs / 1000) * 1000 : Infinity;
  }

  async #load(atMs: number, untilMs: number): Promise<void> {
    const span = this.#spanOf(atMs, untilMs);
    if (span === undefined) return;
    const resolution: HistoryResolution = span.fromMs < this.#options.rawFromMs ? 'minute' : 'raw';
    await this.#options.history.load({
      ...span,
      resolution,
      maxSamples: this.#lengthMs <= this.#shortestMs ? mostSamples : wantedSamples,
    });
    if (resolution === 'minute') this.#minutesUntil = untilMs;
  }

  /** Of every expression over evaluations from one time to another: each of them moves on with the evaluation, or stands still. */
  #spanOf(atMs: number, untilMs: number): TimeSpan | undefined {
    let all: TimeSpan | undefined;
    for (const { expression, queryOffsetMs } of this.#options.asked) {
      for (const time of [atMs - queryOffsetMs, untilMs - queryOffsetMs]) {
        const span = timeSpanOf(expression, time, time, lookbackMs);
        if (span === undefined) continue;
        all =
          all === undefined ? span : { fromMs: Math.min(all.fromMs, span.fromMs), toMs: Math.max(all.toMs, span.toMs) };
      }
    }
    return all;
  }
}

import { delay, formatDuration, refused, type Clock, type CommandResult } from '@tapewatch/model';
import type { BacktestRequest, BacktestResult } from './backtest-result.js';
import type { BacktestSurroundings } from './backtest-surroundings.js';
import { runBacktest } from './run-backtest.js';

/** The backtest that runs at present. */
export interface BacktestProgress {
  /** As it was asked for; absent where a file with one rule was. */
  readonly rule?: string;
  readonly from: number;
  readonly to: number;
  readonly startedAt: number;
  /** 0 to 1. */
  readonly share: number;
}

/** Then the thread rests, so that ticks and other questions have room beside a backtest. */
const workMs = 10;
const restMs = 4;
/** Whoever asked over HTTP does not wait much longer. */
const longestMs = 240_000;

/** Backtests beside a program that runs: one at a time, in small pieces. */
export class Backtests {
  readonly #surroundings: () => BacktestSurroundings;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  #running: BacktestProgress | undefined;

  constructor(options: { readonly surroundings: () => BacktestSurroundings; readonly clock: Clock }) {
    this.#surroundings = options.surroundings;
    this.#clock = options.clock;
  }

  get progress(): BacktestProgress | undefined {
    return this.#running;
  }

  /** Refuses with UNAVAILABLE while another runs, and when the signal or the end of the program cuts it short. */
  async run(request: BacktestRequest, signal?: AbortSignal): Promise<CommandResult<BacktestResult>> {
    if (this.#running !== undefined) return refused('UNAVAILABLE', busy(this.#running, this.#clock.now()));
    const { rule, from, to } = request;
    const running = { from, to, startedAt: this.#clock.now(), ...(rule === undefined ? {} : { rule }) };
    this.#running = { ...running, share: 0 };
    try {
      return await runBacktest(request, this.#surroundings(), {
        signal: signal === undefined ? this.#stopping.signal : AbortSignal.any([signal, this.#stopping.signal]),
        progress: (done, total) => {
          this.#running = { ...running, share: total > 0 ? done / total : 1 };
        },
        breathe: this.#breather(),
        deadlineMs: this.#clock.monotonic() + longestMs,
      });
    } finally {
      this.#running = undefined;
    }
  }

  stop(): void {
    this.#stopping.abort();
  }

  #breather(): () => Promise<void> | undefined {
    const clock = this.#clock;
    let sinceMs = clock.monotonic();
    return () => {
      if (clock.monotonic() - sinceMs < workMs) return undefined;
      return delay(clock, restMs).then(() => {
        sinceMs = clock.monotonic();
      });
    };
  }
}

function busy({ rule, startedAt, share }: BacktestProgress, now: number): string {
  const which = rule === undefined ? 'a backtest' : `a backtest of ${rule}`;
  const since = formatDuration(Math.max(0, Math.floor((now - startedAt) / 1000) * 1000));
  return `${which} runs already, for ${since}, and is ${Math.floor(share * 100)} % done; there is one at a time`;
}

import { backoffMs, type BackoffRange } from '@tapewatch/model';

export interface BackoffOptions extends BackoffRange {
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** The pauses between attempts, which begin anew once one has succeeded. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Of the next attempt; at least `atLeastMs`, which is what the other side asked for. */
  nextMs(atLeastMs = 0): number {
    this.#failures += 1;
    return Math.max(atLeastMs, backoffMs(this.#failures, this.#options, this.#options.random()));
  }

  reset(): void {
    this.#failures = 0;
  }
}

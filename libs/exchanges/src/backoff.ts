export interface BackoffOptions {
  /** Ceiling of the first delay. */
  readonly baseMs: number;
  /** Ceiling of every delay. */
  readonly maxMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Delays that double up to a ceiling, each drawn from the upper half of its range, so that clients dropped together come back apart. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Of the next attempt; at least `atLeastMs`, which is what the other side asked for. */
  nextMs(atLeastMs = 0): number {
    const { baseMs, maxMs, random } = this.#options;
    const ceilingMs = Math.min(maxMs, baseMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.max(atLeastMs, (ceilingMs / 2) * (1 + random()));
  }

  reset(): void {
    this.#failures = 0;
  }
}

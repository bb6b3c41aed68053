import type { Clock } from '@tapewatch/model';

const mostFailures = 10;
const windowMs = 60_000;

/** At most ten failed attempts in any minute, whoever makes them; those that succeed do not count. */
export class AttemptLimit {
  readonly #clock: Clock;
  /** On the monotonic clock, oldest first. */
  #failedAtMs: readonly number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long until another attempt may be made; 0 when it may be made now. */
  waitMs(): number {
    const nowMs = this.#clock.monotonic();
    this.#failedAtMs = this.#failedAtMs.filter((atMs) => nowMs - atMs < windowMs);
    const [oldest] = this.#failedAtMs;
    return oldest === undefined || this.#failedAtMs.length < mostFailures ? 0 : oldest + windowMs - nowMs;
  }

  failed(): void {
    this.#failedAtMs = [...this.#failedAtMs, this.#clock.monotonic()].slice(-mostFailures);
  }
}

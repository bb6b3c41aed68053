/** At most so many in any stretch of that length; the first may come at once. Times are on the monotonic clock. */
export class RateLimit {
  readonly #count: number;
  readonly #perMs: number;
  /** When the newest ones were let through, oldest first. */
  readonly #taken: number[] = [];

  constructor({ count, perMs }: { readonly count: number; readonly perMs: number }) {
    this.#count = count;
    this.#perMs = perMs;
  }

  /** How long the next one has to wait; 0 when it may come now. */
  waitMs(nowMs: number): number {
    const counting = this.#taken[this.#taken.length - this.#count];
    return counting === undefined ? 0 : Math.max(0, counting + this.#perMs - nowMs);
  }

  take(nowMs: number): void {
    this.#taken.push(nowMs);
    if (this.#taken.length > this.#count) this.#taken.shift();
  }
}

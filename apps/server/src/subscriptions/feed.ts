/**
 * An async iterator that can be ended while it waits, which an async generator cannot: its `return` stands in line
 * behind the `next` that waits for an event that may never come. `next` is called by one consumer, one at a time.
 */
export abstract class Feed<T> implements AsyncIterableIterator<T, undefined> {
  #ended = false;
  #wake: (() => void) | undefined;

  /** Frees what the feed holds. Called once. */
  protected abstract release(): void;

  /** The next value; undefined when there is none until `arrived` is called. */
  protected abstract take(): Promise<T | undefined>;

  get ended(): boolean {
    return this.#ended;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    try {
      while (!this.#ended) {
        const arrival = new Promise<void>((resolve) => (this.#wake = resolve));
        const value = await this.take();
        if (value !== undefined && !this.ended) return { value, done: false };
        if (!this.ended) await arrival;
      }
      return { value: undefined, done: true };
    } catch (error) {
      this.end();
      throw error;
    }
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    this.end();
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Something may be there to take. */
  protected arrived(): void {
    this.#wake?.();
  }

  protected end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.release();
    this.#wake?.();
  }
}

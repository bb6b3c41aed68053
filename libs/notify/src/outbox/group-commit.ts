interface Waiting<T> {
  readonly item: T;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

/**
 * Lets whoever wants something written while a write is under way share the next one: a transaction costs a flush of the disk, however much
 * is in it. When a batch fails, each of its items is tried by itself, so that one that cannot be written does not hurt the others.
 */
export class GroupCommit<T> {
  readonly #write: (batch: readonly T[]) => Promise<void>;
  #waiting: Waiting<T>[] = [];
  #writing = false;

  /** `write` makes a batch durable, wholly or not at all, and in order. */
  constructor(write: (batch: readonly T[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves once the item is durable; rejects when it cannot be written. */
  add(item: T): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ item, done, failed });
      if (!this.#writing) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.#writing = true;
    // What is asked for in the same turn goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.settle(batch);
    }
    this.#writing = false;
  }

  private async settle(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.#write(batch.map(({ item }) => item));
      for (const { done } of batch) done();
    } catch (thrown) {
      if (batch.length === 1) batch[0]?.failed(thrown);
      else for (const one of batch) await this.settle([one]);
    }
  }
}

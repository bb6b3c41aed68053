import { delay, messageOf, type Clock, type Logger } from '@tapewatch/model';

export interface WriteQueueOptions<T> {
  /** Makes a batch durable, wholly or not at all; rejects when that fails. */
  readonly write: (batch: readonly T[]) => Promise<void>;
  /** Called with a batch each time it could not be written; it is tried again. */
  readonly failed?: (batch: readonly T[]) => void;
  /** Called with how many had to be given up because too many wait. */
  readonly dropped: (count: number) => void;
  /** For the log: "alert history". */
  readonly what: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Entry<T> {
  readonly item: T;
  readonly written: () => void;
}

const maxWaiting = 50_000;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Writes in order, many at once when they come fast, and tries until it works; when too many wait, the oldest are given up. */
export class WriteQueue<T> {
  readonly #options: WriteQueueOptions<T>;
  readonly #stopping = new AbortController();
  #waiting: Entry<T>[] = [];
  #draining: Promise<void> | undefined;
  #failing = false;

  constructor(options: WriteQueueOptions<T>) {
    this.#options = options;
  }

  /** False while the newest attempt to write has failed. */
  get healthy(): boolean {
    return !this.#failing;
  }

  /** Resolves once the items are on disk (or given up). */
  add(items: readonly T[]): Promise<void> {
    if (items.length === 0) return Promise.resolve();
    const done = new Promise<void>((resolve) => {
      items.forEach((item, i) =>
        this.#waiting.push({ item, written: i === items.length - 1 ? resolve : () => undefined }),
      );
    });
    this.bound();
    this.#draining ??= this.drain().finally(() => {
      this.#draining = undefined;
    });
    return done;
  }

  /** Makes one last attempt for what waits; what still cannot be written is lost with the process. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#draining;
  }

  private bound(): void {
    const excess = this.#waiting.length - maxWaiting;
    if (excess <= 0) return;
    for (const entry of this.#waiting.splice(0, excess)) entry.written();
    this.#options.dropped(excess);
  }

  private async drain(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const items = batch.map(({ item }) => item);
      try {
        await this.#options.write(items);
        this.recovered();
        for (const entry of batch) entry.written();
        pauseMs = firstPauseMs;
      } catch (thrown) {
        this.#waiting = [...batch, ...this.#waiting];
        this.failed(thrown);
        this.#options.failed?.(items);
        if (this.#stopping.signal.aborted) return;
        await delay(this.#options.clock, pauseMs, this.#stopping.signal);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  private failed(thrown: unknown): void {
    const { logger, what } = this.#options;
    if (!this.#failing)
      logger.error({ error: messageOf(thrown) }, `${what} cannot be written; keeping it in memory and trying again`);
    this.#failing = true;
  }

  private recovered(): void {
    const { logger, what } = this.#options;
    if (this.#failing) logger.info({}, `${what} can be written again`);
    this.#failing = false;
  }
}

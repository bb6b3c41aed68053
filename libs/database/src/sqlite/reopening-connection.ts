import type { WorkerConnection } from './worker-connection.js';

export interface ReopeningConnectionOptions {
  readonly first: WorkerConnection;
  /** Opens the file again; rejects while it cannot be opened. */
  readonly reopen: () => Promise<WorkerConnection>;
  readonly reopened: () => void;
}

/** The storage worker, and after its end another: a worker that dies takes its statements with it, and nothing else. */
export class ReopeningConnection {
  readonly #options: ReopeningConnectionOptions;
  #current: WorkerConnection;
  #opening: Promise<WorkerConnection> | undefined;
  #closed = false;

  constructor(options: ReopeningConnectionOptions) {
    this.#options = options;
    this.#current = options.first;
  }

  /** Whoever holds a transaction stays with the one it began on: what died with it was never committed. */
  alive(): Promise<WorkerConnection> {
    if (this.#closed || !this.#current.ended) return Promise.resolve(this.#current);
    this.#opening ??= this.open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => undefined);
    await this.#current.close();
  }

  private async open(): Promise<WorkerConnection> {
    const opened = await this.#options.reopen();
    this.#current = opened;
    this.#options.reopened();
    return opened;
  }
}

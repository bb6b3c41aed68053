import { messageOf, type Logger } from '@tapewatch/model';

/** Writes that nobody waits for, and without which nothing is wrong: when something was used last, above all. */
export class BackgroundWrites {
  readonly #logger: Logger;
  readonly #running = new Set<Promise<void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `what` for the log. */
  add(what: string, work: Promise<unknown>): void {
    const settled = work.then(
      () => undefined,
      (thrown: unknown) => this.#logger.warn({ error: messageOf(thrown) }, `${what} could not be written`),
    );
    this.#running.add(settled);
    void settled.then(() => this.#running.delete(settled));
  }

  /** Resolves once those that were begun have ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }
}

import { messageOf, type EventLog, type Logger } from '@tapewatch/model';

/** Events as they happen, and the log of them. */
export interface EventStream<E extends { readonly cursor: number }> extends EventLog<E> {
  /** Called with every event once it is durable, in order. Returns how to stop. */
  subscribe(listener: (event: E) => void): () => void;
}

/** Fans events out to whoever listens; what was missed is read from the log. */
export class EventTopic<E extends { readonly cursor: number }> implements EventStream<E> {
  readonly #logger: Logger;
  readonly #listeners = new Set<(event: E) => void>();
  #log: EventLog<E> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Where past events are read; before anyone asks. */
  readFrom(log: EventLog<E>): void {
    this.#log = log;
  }

  since(cursor: number, limit: number): Promise<readonly E[]> {
    return this.#log?.since(cursor, limit) ?? Promise.resolve([]);
  }

  head(): Promise<number> {
    return this.#log?.head() ?? Promise.resolve(0);
  }

  subscribe(listener: (event: E) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  publish(event: E): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (thrown) {
        this.#logger.error({ error: messageOf(thrown) }, 'a listener to events threw');
      }
    }
  }
}

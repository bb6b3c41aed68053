import type { EventStream } from '@tapewatch/pipeline';

type WithoutCursor<E> = Omit<E, 'cursor'>;

/** Events in memory, numbered from 1. */
export class FakeEventStream<E extends { readonly cursor: number }> implements EventStream<E> {
  readonly events: E[] = [];
  readonly #listeners = new Set<(event: E) => void>();
  /** Called while the log is being read, before it answers: for what happens meanwhile. */
  onSince: () => void = () => undefined;

  get listeners(): number {
    return this.#listeners.size;
  }

  append(event: WithoutCursor<E>): E {
    const numbered = { ...event, cursor: this.events.length + 1 } as E;
    this.events.push(numbered);
    for (const listener of this.#listeners) listener(numbered);
    return numbered;
  }

  async since(cursor: number, limit: number): Promise<readonly E[]> {
    const found = this.events.filter((event) => event.cursor > cursor).slice(0, limit);
    this.onSince();
    await Promise.resolve();
    return found;
  }

  head(): Promise<number> {
    return Promise.resolve(this.events.length);
  }

  subscribe(listener: (event: E) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

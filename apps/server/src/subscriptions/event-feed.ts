import type { EventStream } from '@tapewatch/pipeline';
import { GraphQLError } from 'graphql';
import { refuseInput } from '../graphql/result.js';
import { encodeCursor } from './cursor.js';
import { Feed } from './feed.js';

const queueLimit = 1024;
const replayBatch = 200;

export interface EventFeedOptions<E extends { readonly cursor: number }> {
  readonly stream: EventStream<E>;
  /** The cursor of the last event the subscriber has; absent: live events only. */
  readonly after?: number | undefined;
  readonly wanted?: ((event: E) => Promise<boolean>) | undefined;
  /** Called once, when the feed ends for whatever reason. */
  readonly onEnd: () => void;
}

/**
 * Events of a stream for one subscriber, in order: those it missed are read from the log, then come the live ones, with
 * no gap and none twice. While it replays, what happens meanwhile waits in a queue; should that overflow, it is read from the
 * log as well. A subscriber that falls more than 1,024 live events behind gets those, then an error with the cursor to
 * resume from.
 */
export class EventFeed<E extends { readonly cursor: number }> extends Feed<E> {
  readonly #options: EventFeedOptions<E>;
  readonly #unsubscribe: () => void;
  #live: E[] = [];
  #missed: E[] = [];
  /** The newest event that was taken. */
  #last: number;
  #replaying: boolean;
  #overflowed = false;

  /** Throws BAD_USER_INPUT when the cursor lies beyond the newest event. */
  static async open<E extends { readonly cursor: number }>(options: EventFeedOptions<E>): Promise<EventFeed<E>> {
    if (options.after !== undefined && options.after > (await options.stream.head())) {
      refuseInput(
        'after',
        'This cursor is of no event here; leave `after` out to begin now, or use "0" to begin at the start',
      );
    }
    return new EventFeed(options);
  }

  private constructor(options: EventFeedOptions<E>) {
    super();
    this.#options = options;
    this.#last = options.after ?? 0;
    this.#replaying = options.after !== undefined;
    this.#unsubscribe = options.stream.subscribe((event) => this.#push(event));
  }

  protected async take(): Promise<E | undefined> {
    while (!this.ended) {
      const event = this.#replaying ? await this.#nextMissed() : this.#nextLive();
      if (event === undefined) return undefined;
      this.#last = event.cursor;
      if (this.#options.wanted === undefined || (await this.#options.wanted(event))) return event;
    }
    return undefined;
  }

  protected release(): void {
    this.#unsubscribe();
    this.#live = [];
    this.#missed = [];
    this.#options.onEnd();
  }

  #push(event: E): void {
    if (this.#overflowed) return;
    if (this.#live.length >= queueLimit) this.#overflowed = true;
    else this.#live.push(event);
    this.arrived();
  }

  async #nextMissed(): Promise<E | undefined> {
    for (;;) {
      const event = this.#missed.shift();
      if (event !== undefined) return event;
      if (this.#overflowed) {
        // What did not fit is in the log by now, and so is all that did.
        this.#live = [];
        this.#overflowed = false;
      }
      this.#missed = [...(await this.#options.stream.since(this.#last, replayBatch))];
      if (this.#missed.length === 0 && !this.#overflowed) break;
    }
    this.#replaying = false;
    return this.#nextLive();
  }

  #nextLive(): E | undefined {
    for (;;) {
      const event = this.#live.shift();
      if (event === undefined) break;
      // An event that came while the log was read may stand in both.
      if (event.cursor > this.#last) return event;
    }
    if (this.#overflowed) throw tooSlow(this.#last);
    return undefined;
  }
}

function tooSlow(last: number): GraphQLError {
  const cursor = encodeCursor(last);
  const message = `This subscriber fell more than ${queueLimit} events behind; subscribe again with after: "${cursor}" to go on without a gap`;
  return new GraphQLError(message, { extensions: { code: 'UNAVAILABLE', problem: 'UNAVAILABLE', cursor } });
}

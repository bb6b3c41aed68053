import type { CcxtSocket } from './ccxt-library.js';

/** live: messages come; quiet: none, but the venue says it is well; stuck: the socket is open and silent; cut_off: no socket. */
export const feedStates = ['live', 'quiet', 'stuck', 'cut_off'] as const;

export type FeedState = (typeof feedStates)[number];

/**
 * The health of one subscription: the tickers of up to 200 symbols over one connection. Times are the monotonic clock's.
 * A run is an unbroken row of messages over one connection; prices stand only while theirs lasts.
 */
export class TickerFeed {
  readonly symbols: readonly string[];
  readonly #staleAfterMs: number;
  readonly #startedMs: number;
  #lastMessageMs: number | undefined;
  #lastHeartbeatMs: number | undefined;
  #runSinceMs: number | undefined;
  #socket: CcxtSocket | undefined;

  constructor(symbols: readonly string[], staleAfterMs: number, startedMs: number) {
    this.symbols = symbols;
    this.#staleAfterMs = staleAfterMs;
    this.#startedMs = startedMs;
  }

  message(socket: CcxtSocket, nowMs: number): void {
    const broken = this.#lastMessageMs === undefined || nowMs - this.#lastMessageMs > this.#staleAfterMs;
    if (this.#runSinceMs === undefined || broken) this.#runSinceMs = nowMs;
    this.#lastMessageMs = nowMs;
    this.#socket = socket;
  }

  heartbeat(socket: CcxtSocket, nowMs: number): void {
    if (this.#socket === socket) this.#lastHeartbeatMs = nowMs;
  }

  /** The connection is gone. Returns whether it was this feed's. */
  lost(socket: CcxtSocket): boolean {
    if (this.#socket !== socket) return false;
    this.#socket = undefined;
    this.#runSinceMs = undefined;
    return true;
  }

  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** Whether it can be judged: it has delivered before, or had longer than the stale time to do so. */
  judged(nowMs: number): boolean {
    return this.#lastMessageMs !== undefined || nowMs - this.#startedMs > this.#staleAfterMs;
  }

  /** Since the last message; since watching began when there was none, so that a feed which never delivers ages too. */
  ageMs(nowMs: number): number {
    return nowMs - (this.#lastMessageMs ?? this.#startedMs);
  }

  fresh(nowMs: number): boolean {
    return this.#runSinceMs !== undefined && this.ageMs(nowMs) <= this.#staleAfterMs;
  }

  /** When the present run began; absent while the feed is cut off or stale. */
  liveSinceMs(nowMs: number): number | undefined {
    return this.fresh(nowMs) ? this.#runSinceMs : undefined;
  }

  /** `anySocketOpen`: whether the exchange has any connection, as one that has delivered nothing yet belongs to no feed. */
  state(nowMs: number, anySocketOpen: boolean): FeedState {
    if (this.fresh(nowMs)) return 'live';
    if (!this.connected && !anySocketOpen) return 'cut_off';
    const wellMs = this.#lastHeartbeatMs === undefined ? Infinity : nowMs - this.#lastHeartbeatMs;
    // a connection that has only just been made is not yet stuck
    return wellMs <= this.#staleAfterMs || this.ageMs(nowMs) <= this.#staleAfterMs ? 'quiet' : 'stuck';
  }
}

/** The state of several subscriptions as one feed: that of the worst. */
export function worstState(states: readonly FeedState[]): FeedState {
  return feedStates.findLast((state) => states.includes(state)) ?? 'cut_off';
}

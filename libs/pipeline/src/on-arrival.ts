import type { Clock, Series, Timer } from '@tapewatch/model';
import type { MemoryStore } from '@tapewatch/metric-store';
import type { RuleEngine } from '@tapewatch/rules';

export interface OnArrivalOptions {
  readonly clock: Clock;
  readonly store: Pick<MemoryStore, 'observe' | 'ownTickAt'>;
  readonly engine: Pick<RuleEngine, 'awaits' | 'arrive'>;
}

/** A tick is of a whole second, and the next one at least this much later. */
const tickMs = 1000;
/** Between two rounds: what comes meanwhile is judged together, each rule once. */
const pauseMs = 25;
/** A round takes a quarter of the time at most: three times what it took passes before the next. */
const pausePerMs = 3;
/** What a round has no time for is left to the next tick. */
const longestRoundMs = 20;

/**
 * Between ticks: values that come become what their series have at once, and rules that select few series, theirs among them, are judged at
 * once, or, in a flood, in rounds. Times lie after that of the last tick and before that of the next, and never go back.
 */
export class OnArrival {
  readonly #options: OnArrivalOptions;
  #waiting = new Set<Series>();
  #timer: Timer | undefined;
  #nextRoundMs = -Infinity;
  #lastAt = -Infinity;
  #stopped = false;

  constructor(options: OnArrivalOptions) {
    this.#options = options;
  }

  /** A value of a series that the ticks have, too. */
  observed(series: Series, value: number): void {
    const at = this.#time();
    if (at !== undefined && this.#options.store.observe(series, at, value)) this.#await(series);
  }

  /** A series has a new sample of a time of its own. */
  pushed(series: Series): void {
    this.#await(series);
  }

  /** Nothing is judged from here on. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#waiting.clear();
  }

  #await(series: Series): void {
    if (this.#stopped || !this.#options.engine.awaits(series)) return;
    this.#waiting.add(series);
    const { clock } = this.#options;
    this.#timer ??= clock.setTimeout(() => this.#round(), Math.max(0, this.#nextRoundMs - clock.monotonic()));
  }

  #round(): void {
    this.#timer = undefined;
    const { clock, engine } = this.#options;
    const at = this.#time();
    const arrived = this.#waiting;
    this.#waiting = new Set();
    // Before the first tick there is nothing to compare with, and it comes within the second.
    if (at === undefined) return;
    this.#lastAt = at;
    const startMs = clock.monotonic();
    engine.arrive(arrived, at, () => clock.monotonic() - startMs > longestRoundMs);
    const endMs = clock.monotonic();
    this.#nextRoundMs = Math.max(startMs + pauseMs, endMs + (endMs - startMs) * pausePerMs);
  }

  /** Now, between the newest tick and the next, however late that is or far off the clock. */
  #time(): number | undefined {
    const { clock, store } = this.#options;
    const tickAt = store.ownTickAt;
    if (tickAt === undefined) return undefined;
    return Math.min(Math.max(clock.now(), tickAt + 1, this.#lastAt), tickAt + tickMs - 1);
  }
}

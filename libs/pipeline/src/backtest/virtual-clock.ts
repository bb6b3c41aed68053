import type { Clock, Timer } from '@tapewatch/model';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * The clock of a replay: it stands still until it is moved. Both of its sides show the same time, as no operator sets it. It counts on everything
 * behind it (the database, channels) to end its work before the event loop turns.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  /** By when they are due, the soonest last; there are few. */
  readonly #pending: Pending[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const entry: Pending = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    let place = this.#pending.length;
    while (place > 0 && runsBefore(this.#pending[place - 1] as Pending, entry)) place--;
    this.#pending.splice(place, 0, entry);
    return {
      cancel: () => {
        const at = this.#pending.indexOf(entry);
        if (at >= 0) this.#pending.splice(at, 1);
      },
    };
  }

  /** Moves on to a time, and runs on the way what is due before it, in order. */
  async advanceTo(untilMs: number): Promise<void> {
    for (;;) {
      const next = this.#pending.at(-1);
      if (next === undefined || next.dueMs >= untilMs) break;
      this.#pending.pop();
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      await settled();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Moves on as for a program that did not run meanwhile: what fell due is late. */
  skipTo(untilMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
}

function runsBefore(one: Pending, other: Pending): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}

/** Resolves when everything that was begun in this turn of the event loop has ended. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { Clock, Timer } from '../clock.js';

interface Pending {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that moves only when a test says so; timers run inside `advance`, in the order in which they fall due. */
export class ManualClock implements Clock {
  readonly #startMs: number;
  readonly #pending = new Set<Pending>();
  #elapsedMs = 0;

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const entry = { dueMs: this.#elapsedMs + Math.max(0, delayMs), callback };
    this.#pending.add(entry);
    return { cancel: () => void this.#pending.delete(entry) };
  }

  advance(byMs: number): void {
    const untilMs = this.#elapsedMs + byMs;
    for (let next = this.#earliest(untilMs); next !== undefined; next = this.#earliest(untilMs)) {
      this.#pending.delete(next);
      this.#elapsedMs = Math.max(next.dueMs, this.#elapsedMs);
      next.callback();
    }
    this.#elapsedMs = untilMs;
  }

  #earliest(untilMs: number): Pending | undefined {
    let best: Pending | undefined;
    for (const entry of this.#pending) {
      if (entry.dueMs <= untilMs && (best === undefined || entry.dueMs < best.dueMs)) best = entry;
    }
    return best;
  }
}

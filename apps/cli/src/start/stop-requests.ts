import type { Clock } from '@tapewatch/model';

export interface StopRequestsOptions {
  readonly clock: Clock;
  /** How often was asked, from 1. */
  readonly onRequest: (count: number) => void;
}

/** A terminal sends Ctrl-C to the whole group, and a parent may send it on: within this time that is one request. */
const sameRequestMs = 250;

/** Turns signals into requests to stop: the first begins it, the second changes nothing, the third is meant. */
export class StopRequests {
  readonly requested: Promise<void>;
  readonly #options: StopRequestsOptions;
  #begin: () => void = () => undefined;
  #count = 0;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: StopRequestsOptions) {
    this.#options = options;
    this.requested = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  get isRequested(): boolean {
    return this.#count > 0;
  }

  request(): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs - this.#lastAtMs < sameRequestMs) return;
    this.#lastAtMs = nowMs;
    this.#count += 1;
    this.#begin();
    this.#options.onRequest(this.#count);
  }
}

/** Request weight that one address may use in a minute of the wall clock. */
export const weightLimit = 6000;

/** Counts request weight by minute. All clients come from this machine, hence share one account, as behind one address. */
export class RequestWeight {
  #minute = 0;
  #used = 0;

  /** Books a request; returns what the minute has used, the request included. Over `weightLimit`, it is to be refused. */
  book(weight: number, nowMs: number): number {
    const minute = Math.floor(nowMs / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#used = 0;
    }
    this.#used += weight;
    return this.#used;
  }

  /** Whole seconds until the next minute begins. */
  retryAfterSeconds(nowMs: number): number {
    return Math.ceil((60_000 - (nowMs % 60_000)) / 1000);
  }
}

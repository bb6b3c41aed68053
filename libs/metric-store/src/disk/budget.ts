/** More was to be read than the request allows. */
export class TooMuchError extends Error {
  override readonly name = 'TooMuchError';
  readonly limit: 'maxSamples' | 'maxSeries';

  constructor(limit: 'maxSamples' | 'maxSeries') {
    super(`more than the limit of a query (${limit})`);
    this.limit = limit;
  }
}

/** How many samples a request may still read. */
export class Budget {
  #left: number;

  constructor(mostSamples: number) {
    this.#left = mostSamples;
  }

  /** Throws TooMuchError. */
  spend(count: number): void {
    this.#left -= count;
    if (this.#left < 0) throw new TooMuchError('maxSamples');
  }
}

const mostTold = 5;

/** Why points were rejected, gathered into one readable message. */
export class Refusals {
  readonly #reasons = new Map<string, { count: number; readonly metrics: Set<string> }>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(reason: string, metric: string, points: number): void {
    if (points === 0) return;
    this.#count += points;
    let known = this.#reasons.get(reason);
    if (known === undefined) this.#reasons.set(reason, (known = { count: 0, metrics: new Set<string>() }));
    known.count += points;
    if (known.metrics.size < mostTold) known.metrics.add(metric === '' ? '(no name)' : metric);
  }

  /** Each reason with how many points it cost and some of the metrics; '' when there are none. */
  get message(): string {
    return [...this.#reasons]
      .map(([reason, { count, metrics }]) => `${reason} (${count}: ${[...metrics].join(', ')})`)
      .join('; ');
  }
}

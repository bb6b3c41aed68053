const minuteMs = 60_000;
const minutes = 60;

/** How many things happened during the last hour, to the minute, in constant memory. */
export class HourlyCount {
  readonly #counts = new Float64Array(minutes);
  #minute = 0;

  add(nowMs: number): void {
    this.#advance(nowMs);
    this.#counts[this.#minute % minutes] = (this.#counts[this.#minute % minutes] ?? 0) + 1;
  }

  total(nowMs: number): number {
    this.#advance(nowMs);
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Empties the minutes that have passed. */
  #advance(nowMs: number): void {
    const minute = Math.floor(nowMs / minuteMs);
    const passed = Math.min(minutes, minute - this.#minute);
    for (let i = 1; i <= passed; i++) this.#counts[(minute - passed + i) % minutes] = 0;
    this.#minute = Math.max(this.#minute, minute);
  }
}

/**
 * A small seeded generator (mulberry32). Its whole state is one 32-bit number, so a walk can be stored and continued,
 * and it uses integer arithmetic only, so a seed means the same on every machine.
 */
export class Random {
  #state: number;

  constructor(state: number) {
    this.#state = state >>> 0;
  }

  get state(): number {
    return this.#state;
  }

  /** In [0, 1). */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /**
   * Mean 0, variance 1, nearly normal: a sum of four uniforms. Bounded by 3.5, so that no price leaps by chance, and
   * free of logarithms and cosines, whose last digit differs between machines.
   */
  normal(): number {
    const sum = this.uniform() + this.uniform() + this.uniform() + this.uniform();
    return (sum - 2) * Math.sqrt(3);
  }
}

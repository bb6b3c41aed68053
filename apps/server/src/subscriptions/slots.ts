/** Places for so many of a kind at once. */
export class Slots {
  readonly most: number;
  #taken = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** How to give the place back, once however often it is called; undefined when all are taken. */
  take(): (() => void) | undefined {
    if (this.#taken >= this.most) return undefined;
    this.#taken++;
    let held = true;
    return () => {
      if (held) this.#taken--;
      held = false;
    };
  }
}

/**
 * When a group is due: once per interval, on a grid that the group's own place in the interval shifts, so that groups with long
 * intervals do not all run on the same tick.
 */
export class GroupSchedule {
  readonly #intervalMs: number;
  readonly #offsetMs: number;
  #lastSlot: number | undefined;
  #skippedMs = 0;

  constructor(intervalMs: number, identity: string) {
    this.#intervalMs = intervalMs;
    this.#offsetMs = Math.floor(hash(identity) % Math.max(1, intervalMs / 1000)) * 1000;
  }

  /** Goes on from the schedule of the same group before a reload, if it is the same. */
  adopt(before: GroupSchedule): void {
    if (before.#intervalMs === this.#intervalMs && before.#offsetMs === this.#offsetMs) {
      this.#lastSlot = before.#lastSlot;
      this.#skippedMs = before.#skippedMs;
    }
  }

  /**
   * The evaluations missed since the last one when the group is due, else undefined. The first time it is due at once. `skippedMs` is what ticks have
   * jumped over in all, in which nothing was due.
   */
  take(at: number, skippedMs = 0): number | undefined {
    const slot = Math.floor((at - this.#offsetMs) / this.#intervalMs);
    const last = this.#lastSlot;
    if (last !== undefined && slot <= last) return undefined;
    this.#lastSlot = slot;
    const skipped = Math.ceil((skippedMs - this.#skippedMs) / this.#intervalMs);
    this.#skippedMs = skippedMs;
    return last === undefined ? 0 : Math.max(0, slot - last - 1 - skipped);
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

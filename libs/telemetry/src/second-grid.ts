import type { Timeline } from '@tapewatch/model';

const secondMs = 1000;
/** From here on a difference between the wall clock and our own timeline is a step, below it is drift. */
const stepMs = 500;
const driftPerTickMs = 10;
const stretchPerTickMs = 50;
/** A stretched timeline agrees with the wall clock again when it is this near to it. */
const agreedMs = 10;

/** What one step of the grid found out. */
export interface GridStep {
  /** The label of this tick: a whole second, later than every label before it. */
  readonly at: number;
  /** How long after its due time the tick was called. */
  readonly lagMs: number;
  /** Whole seconds of monotonic time that passed without a tick since the last one. */
  readonly missed: number;
  readonly change?: GridChange;
}

/** How the wall clock parted from the timeline, or came back to it. */
export interface GridChange {
  readonly kind: 'moved-forward' | 'stretching' | 'agreed';
  /** Wall clock minus own timeline when it was noticed. */
  readonly byMs: number;
}

/**
 * The timeline of the ticks: whole seconds of the wall clock, walked by the monotonic clock. It follows slow drift, jumps
 * forward with the wall clock (a suspended machine, a step), and never goes back: when the wall clock does, the seconds are
 * stretched by 5 % until both agree. Pure state; the caller brings the readings.
 */
export class SecondGrid {
  /** Own wall time minus monotonic time. */
  #offsetMs: number;
  #nextAt: number;
  #stretching = false;
  #skippedMs = 0;
  #aheadMs = 0;

  constructor(wallMs: number, monotonicMs: number) {
    this.#offsetMs = wallMs - monotonicMs;
    this.#nextAt = (Math.floor(wallMs / secondMs) + 1) * secondMs;
  }

  /** Monotonic time at which the next tick is due. */
  get dueMs(): number {
    return this.#nextAt - this.#offsetMs;
  }

  get timeline(): Timeline {
    return { skippedMs: this.#skippedMs, aheadMs: this.#aheadMs };
  }

  /** To be called at or after `dueMs`. */
  step(wallMs: number, monotonicMs: number): GridStep {
    const lateMs = Math.max(0, monotonicMs - this.dueMs);
    const missed = Math.floor(lateMs / secondMs);
    const lagMs = lateMs - missed * secondMs;
    const aheadMs = wallMs - (monotonicMs + this.#offsetMs);
    if (aheadMs >= stepMs) {
      const at = this.#moveForward(wallMs, aheadMs);
      return { at, lagMs, missed, change: { kind: 'moved-forward', byMs: aheadMs } };
    }
    const at = this.#nextAt + missed * secondMs;
    this.#nextAt = at + secondMs;
    const change = this.#follow(aheadMs);
    this.#aheadMs = this.#stretching ? Math.max(0, monotonicMs + this.#offsetMs - wallMs) : 0;
    return change === undefined ? { at, lagMs, missed } : { at, lagMs, missed, change };
  }

  #moveForward(wallMs: number, aheadMs: number): number {
    this.#offsetMs += aheadMs;
    this.#skippedMs += aheadMs;
    this.#aheadMs = 0;
    this.#stretching = false;
    // The second after a jump may be nearly over: leave half a second, or two ticks would come in a bunch.
    this.#nextAt = Math.ceil((wallMs + stepMs) / secondMs) * secondMs;
    return Math.floor(wallMs / secondMs) * secondMs;
  }

  #follow(aheadMs: number): GridChange | undefined {
    if (aheadMs > -stepMs && !this.#stretching) {
      this.#offsetMs += clamp(aheadMs, driftPerTickMs);
      return undefined;
    }
    if (!this.#stretching) {
      this.#stretching = true;
      this.#offsetMs -= stretchPerTickMs;
      return { kind: 'stretching', byMs: aheadMs };
    }
    if (aheadMs > -agreedMs) {
      this.#stretching = false;
      return { kind: 'agreed', byMs: aheadMs };
    }
    this.#offsetMs -= Math.min(stretchPerTickMs, -aheadMs);
    return undefined;
  }
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}

import { messageOf, steadyTimeline } from '@tapewatch/model';
import type { Clock, Logger, Timeline, Timer } from '@tapewatch/model';
import { SecondGrid } from './second-grid.js';
import type { GridChange } from './second-grid.js';

export interface TickEvent {
  /** The tick's label, milliseconds since the epoch: a whole second, later than that of every tick before. */
  readonly at: number;
  /** From the time it was due to the time it was called. */
  readonly lagMs: number;
  /** Ticks that fell out just before this one because nothing could run for a second or more. */
  readonly missed: number;
}

export interface TickLoopOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called on every tick; must not block. What it throws is logged, and the loop goes on. */
  readonly onTick: (tick: TickEvent) => void;
}

/** Calls back once a second, on the second of the wall clock, by the monotonic clock. Late ticks are never made up for. */
export class TickLoop {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onTick: (tick: TickEvent) => void;
  #grid: SecondGrid | undefined;
  #timer: Timer | undefined;

  constructor(options: TickLoopOptions) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#onTick = options.onTick;
  }

  /** As of the newest tick. */
  get timeline(): Timeline {
    return this.#grid?.timeline ?? steadyTimeline;
  }

  /** The first tick comes on the next whole second. Idempotent. */
  start(): void {
    if (this.#grid !== undefined) return;
    this.#grid = new SecondGrid(this.#clock.now(), this.#clock.monotonic());
    this.#arm(this.#grid);
  }

  /** Idempotent; no tick is called afterwards. A loop that was stopped may be started again, on a grid of its own. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#grid = undefined;
  }

  #arm(grid: SecondGrid): void {
    // Rounded up, since timers cut off fractions and would call a moment before the second.
    const delayMs = Math.max(0, Math.ceil(grid.dueMs - this.#clock.monotonic()));
    this.#timer = this.#clock.setTimeout(() => this.#run(grid), delayMs);
  }

  #run(grid: SecondGrid): void {
    if (this.#grid !== grid) return;
    const monotonicMs = this.#clock.monotonic();
    if (monotonicMs < grid.dueMs) {
      this.#arm(grid);
      return;
    }
    const { at, lagMs, missed, change } = grid.step(this.#clock.now(), monotonicMs);
    if (change !== undefined) this.#tell(change);
    try {
      this.#onTick({ at, lagMs, missed });
    } catch (error) {
      this.#logger.error({ error: messageOf(error) }, 'a tick failed');
    }
    if (this.#grid === grid) this.#arm(grid);
  }

  #tell(change: GridChange): void {
    const fields = { byMs: Math.round(change.byMs) };
    if (change.kind === 'moved-forward') {
      this.#logger.warn(fields, 'the wall clock is ahead, ticks moved forward to it');
    } else if (change.kind === 'stretching') {
      this.#logger.warn(fields, 'the wall clock was set back, ticks come 5 % slower until it has caught up');
    } else {
      this.#logger.info(fields, 'ticks and wall clock agree again');
    }
  }
}

import { messageOf, type Clock, type Logger, type Timer } from '@tapewatch/model';
import type { CronSchedule } from './cron.js';

export interface ReportScheduleOptions {
  readonly cron: CronSchedule;
  /** Since when it is known; what was due before is not missing. */
  readonly since: number;
  /** Does what is due, as far as it has not been done; rejects when it could not. */
  readonly make: (dueAt: number) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Looked at this often at least, so that a jump of the wall clock delays nothing for long. */
const longestSleepMs = 3_600_000;
const tryAgainMs = 300_000;

/** Makes what is due, once: at its time, or, when the program did not run then, as soon as it runs again. Of several that were missed, the last. */
export class ReportSchedule {
  readonly #options: ReportScheduleOptions;
  #timer: Timer | undefined;
  #doneUntil: number;
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(options: ReportScheduleOptions) {
    this.#options = options;
    this.#doneUntil = options.since;
  }

  start(): void {
    this.look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#working;
  }

  private look(): void {
    this.#working = this.makeDue().then((pauseMs) => {
      if (!this.#stopped) this.#timer = this.#options.clock.setTimeout(() => this.look(), pauseMs);
    });
  }

  /** Returns how long to sleep. */
  private async makeDue(): Promise<number> {
    const { cron, clock, logger, make } = this.#options;
    const due = cron.last(clock.now());
    try {
      if (due !== undefined && due > this.#doneUntil) {
        await make(due);
        this.#doneUntil = due;
      }
    } catch (thrown) {
      logger.error({ error: messageOf(thrown) }, 'a report that is due could not be made; trying again');
      return tryAgainMs;
    }
    const now = clock.now();
    return Math.min(longestSleepMs, Math.max(0, (cron.next(now) ?? Infinity) - now));
  }
}

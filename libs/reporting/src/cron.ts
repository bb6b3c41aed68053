import { Cron } from 'croner';

/** A place in a calendar that comes again: five cron fields, read in a time zone. */
export class CronSchedule {
  readonly #cron: Cron;

  /** Throws an error that says what is wrong. */
  constructor(expression: string, zone: string) {
    // Refuses a zone that does not exist; the library would see it only when it counts.
    new Intl.DateTimeFormat('en', { timeZone: zone });
    this.#cron = new Cron(expression, { timezone: zone, paused: true, mode: '5-part' });
  }

  /** The first time after `ms`; undefined when there is none. */
  next(ms: number): number | undefined {
    return this.#cron.nextRun(new Date(ms))?.getTime();
  }

  /** The last time at or before `ms`; undefined when there is none. */
  last(ms: number): number | undefined {
    return this.#cron.previousRuns(1, new Date(ms + 1))[0]?.getTime();
  }
}

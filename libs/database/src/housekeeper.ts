import { delay, messageOf, type Clock, type Logger } from '@tapewatch/model';
import type { Backups } from './backups/backups.js';
import type { DatabaseTransaction, KeptDatabase } from './database.js';

/** How one stage forgets what is past its retention. */
export interface Sweep {
  /** For logs and metrics: "alerts". */
  readonly history: string;
  readonly keepMs: number;
  /** Deletes at most so many records that are older, with what belongs to them; resolves with how many. Never what is still under way. */
  delete(transaction: DatabaseTransaction, before: number, atMost: number): Promise<number>;
}

export interface HousekeeperOptions {
  readonly database: KeptDatabase;
  readonly backups: Backups;
  readonly sweeps: readonly Sweep[];
  readonly deleted: (history: string, count: number) => void;
  readonly backedUp: (at: number) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

const firstAfterMs = 60_000;
const everyMs = 3_600_000;
const backupEveryMs = 24 * 3_600_000;
/** Small enough that whoever waits behind a step does not notice: some ten milliseconds of the storage worker each. */
const rowsAtOnce = 200;
const pagesAtOnce = 200;
const pauseMs = 20;

/** Keeps the state small and copied: deletes what is past its retention, gives the room back, and makes a backup a day. */
export class Housekeeper {
  readonly #options: HousekeeperOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: HousekeeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.run();
  }

  /** Ends with the step under way; what is left is done after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** One whole round, in small steps with pauses. A part that fails does not keep the others from their turn. */
  async round(): Promise<void> {
    for (const sweep of this.#options.sweeps) await this.tryTo(`delete old ${sweep.history}`, () => this.sweep(sweep));
    await this.tryTo('give room back to the disk', () => this.release());
    await this.tryTo('make a backup of the state', () => this.backUp());
  }

  private async run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    await delay(clock, firstAfterMs, signal);
    while (!signal.aborted) {
      await this.round();
      await delay(clock, everyMs, signal);
    }
  }

  private async sweep(sweep: Sweep): Promise<void> {
    const { database, clock, deleted, logger } = this.#options;
    const { history } = sweep;
    const before = clock.now() - sweep.keepMs;
    let total = 0;
    while (!this.#stopping.signal.aborted) {
      const count = await database.transaction((transaction) => sweep.delete(transaction, before, rowsAtOnce));
      if (count === 0) break;
      total += count;
      deleted(history, count);
      await this.pause();
    }
    if (total > 0) logger.info({ history, count: total }, 'what was past its retention was deleted');
  }

  private async release(): Promise<void> {
    const { database } = this.#options;
    while (!this.#stopping.signal.aborted && (await database.releasePages(pagesAtOnce)) > 0) await this.pause();
    await database.checkpoint();
  }

  private async backUp(): Promise<void> {
    const { backups, database, clock, backedUp, logger } = this.#options;
    if (this.#stopping.signal.aborted) return;
    const newest = (await backups.list()).find(({ beforeMigration }) => !beforeMigration);
    const now = clock.now();
    if (newest !== undefined && newest.takenAt <= now && now - newest.takenAt < backupEveryMs) return;
    const { path } = await backups.make(database, now, false);
    backedUp(now);
    logger.info({ backup: path }, 'the state was backed up');
  }

  private pause(): Promise<void> {
    return delay(this.#options.clock, pauseMs, this.#stopping.signal);
  }

  private async tryTo(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#options.logger.warn({ error: messageOf(thrown) }, `could not ${what}; trying again in an hour`);
    }
  }
}

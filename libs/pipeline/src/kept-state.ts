import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Meter } from '@opentelemetry/api';
import { accessMigrations } from '@tapewatch/access';
import { alertMigrations, alertSweep, silenceSweep } from '@tapewatch/alerts';
import type { TapewatchConfig } from '@tapewatch/config';
import {
  createArchive,
  Housekeeper,
  openState,
  type Archive,
  type Backups,
  type KeptDatabase,
  type Migration,
  type StateLoss,
} from '@tapewatch/database';
import { healthMigrations, healthSweep } from '@tapewatch/health';
import { messageOf, StartError, type Clock, type Logger } from '@tapewatch/model';
import { notificationSweep, notifyMigrations } from '@tapewatch/notify';
import { reportMigrations, reportSweep } from '@tapewatch/reporting';
import { removeLeftovers } from './leftovers.js';

/** Every step of the schema that this version knows. */
export const stateMigrations: readonly Migration[] = [
  ...alertMigrations,
  ...notifyMigrations,
  ...healthMigrations,
  ...accessMigrations,
  ...reportMigrations,
];

export function statePath(dataDir: string): string {
  return join(dataDir, 'state.db');
}

/** The state of a run: where everything that must survive is kept, how it was found, and who keeps it small. */
export class KeptState {
  readonly database: KeptDatabase;
  readonly backups: Backups;
  readonly loss: StateLoss | undefined;
  readonly #path: string;
  readonly #logger: Logger;
  #housekeeper: Housekeeper | undefined;
  readonly #restarts: { readonly count: number };
  #sizeBytes: number | undefined;
  #backedUpAt: number | undefined;

  /** Makes the data folder when needed. Throws StartError. */
  static async open(dataDir: string, { clock, logger }: { clock: Clock; logger: Logger }): Promise<KeptState> {
    await makeFolder(dataDir);
    const path = statePath(dataDir);
    const restarts = { count: 0 };
    const opened = await openState({
      path,
      migrations: stateMigrations,
      now: () => clock.now(),
      logger,
      reopened: () => {
        restarts.count++;
        logger.error({ path }, 'the storage worker had ended; another has taken its place');
      },
    });
    await removeLeftovers(dataDir);
    const kept = new KeptState(path, logger, opened, restarts);
    kept.#backedUpAt = (await opened.backups.list())[0]?.takenAt;
    return kept;
  }

  private constructor(
    path: string,
    logger: Logger,
    { database, backups, loss }: Pick<KeptState, 'database' | 'backups' | 'loss'>,
    restarts: { readonly count: number },
  ) {
    this.#restarts = restarts;
    this.#path = path;
    this.#logger = logger;
    this.database = database;
    this.backups = backups;
    this.loss = loss;
  }

  /** Begins to delete what is past its retention, to make backups, and to measure both. */
  keep({ history }: Pick<TapewatchConfig, 'history'>, { clock, meter }: { clock: Clock; meter: Meter }): void {
    const deleted = meter.createCounter('tapewatch.history.deleted', {
      unit: '{record}',
      description: 'Records that were past their retention and have been deleted',
    });
    const sweeps = [
      alertSweep(history.alertsMs),
      silenceSweep(),
      healthSweep(history.healthMs),
      notificationSweep(history.notificationsMs),
      reportSweep(history.reportsMs),
    ];
    for (const sweep of sweeps) deleted.add(0, { history: sweep.history });
    this.measure(meter, clock);
    this.#housekeeper = new Housekeeper({
      database: this.database,
      backups: this.backups,
      sweeps,
      deleted: (name, count) => deleted.add(count, { history: name }),
      backedUp: (at) => {
        this.#backedUpAt = at;
      },
      clock,
      logger: this.#logger,
    });
    this.#housekeeper.start();
  }

  /** Everything in the data folder that must survive, ready to be sent. */
  archive(version: string, now: number): Promise<Archive> {
    return createArchive({
      dataDir: dirname(this.#path),
      copyState: (to) => this.database.copy(to),
      version,
      now,
    });
  }

  async close(): Promise<void> {
    await this.#housekeeper?.stop();
    await this.database.close();
  }

  private measure(meter: Meter, clock: Clock): void {
    const gauge = (name: string, unit: string, description: string, value: () => number | undefined): void =>
      meter.createObservableGauge(name, { unit, description }).addCallback((result) => {
        const now = value();
        if (now !== undefined) result.observe(now);
      });
    gauge('tapewatch.state.size', 'By', 'Size of the state database and its log', () => {
      void this.readSize();
      return this.#sizeBytes;
    });
    gauge('tapewatch.state.lost', '{state}', '1 when this run began with a damaged or incomplete state', () =>
      this.loss === undefined ? 0 : 1,
    );
    gauge('tapewatch.state.backup.age', 's', 'Time since the newest backup that the program made of its state', () =>
      this.#backedUpAt === undefined ? undefined : Math.max(0, clock.now() - this.#backedUpAt) / 1000,
    );
    meter
      .createObservableCounter('tapewatch.state.restarts', {
        unit: '{restart}',
        description: 'Storage workers that died and were replaced',
      })
      .addCallback((result) => result.observe(this.#restarts.count));
  }

  /** As of the tick before: a disk that hangs must not hold a tick. */
  private async readSize(): Promise<void> {
    const sizes = await Promise.all(
      [this.#path, `${this.#path}-wal`].map((path) =>
        stat(path).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    this.#sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
  }
}

async function makeFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw new StartError('DATA_UNREADABLE', `the data folder ${dataDir} cannot be made: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

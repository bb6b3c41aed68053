import type { Meter } from '@opentelemetry/api';
import { WriteQueue, type Database } from '@tapewatch/database';
import { messageOf, type Alert, type AlertEvent, type Clock, type Logger } from '@tapewatch/model';
import type { Insertable } from 'kysely';
import type { AlertHistory } from './alert-history.js';
import type { AlertEventRow } from './tables.js';
import type { TrackedAlert } from './tracked-alert.js';

/** Where alerts go next. */
export interface AlertDispatch {
  /**
   * Called with alerts of which people may have to be told, once they are durable; also when they cannot be written, as people are told
   * all the same. What is to be told follows from comparing alerts with what was told, so a crash in between loses nothing.
   */
  dispatch(alerts: readonly Alert[]): void;
}

export interface Change {
  readonly alert: TrackedAlert;
  /** Without one, the alert is kept up to date silently. */
  readonly event?: Omit<Insertable<AlertEventRow>, 'alert_id' | 'state'>;
  /** Whether people may have to be told. */
  readonly tell: boolean;
}

export interface AlertJournalOptions {
  readonly database: Database;
  readonly history: AlertHistory;
  readonly dispatch: AlertDispatch;
  readonly publish: (event: AlertEvent) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** Makes changes of alerts durable, in order, and hands them on. */
export class AlertJournal {
  readonly #options: AlertJournalOptions;
  readonly #queue: WriteQueue<Change>;
  /** Handed on already, be it before they were durable because writing failed. */
  readonly #told = new WeakSet<Change>();

  constructor(options: AlertJournalOptions) {
    this.#options = options;
    const dropped = options.meter.createCounter('tapewatch.history.dropped', {
      unit: '{event}',
      description: 'Changes that could not be written and had to be given up',
    });
    dropped.add(0, { history: 'alerts' });
    this.#queue = new WriteQueue({
      ...options,
      what: 'alert history',
      write: (batch) => this.commit(batch),
      failed: (batch) => this.tell(batch),
      dropped: (count) => dropped.add(count, { history: 'alerts' }),
    });
  }

  /** False while the newest attempt to write has failed. */
  get healthy(): boolean {
    return this.#queue.healthy;
  }

  /** Resolves once the changes are on disk; while that fails it waits and tries again. */
  write(changes: readonly Change[]): Promise<void> {
    return this.#queue.add(changes);
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  private async commit(batch: readonly Change[]): Promise<void> {
    const newest = new Map(batch.map(({ alert }) => [alert.alert.id, alert]));
    const rows = batch.flatMap(({ alert, event }) =>
      event === undefined ? [] : [{ ...event, alert_id: alert.alert.id, state: alert.alert.state }],
    );
    const { database, history, publish } = this.#options;
    const events = await database.transaction((transaction) => history.write(transaction, [...newest.values()], rows));
    this.tell(batch);
    for (const event of events) publish(event);
  }

  private tell(batch: readonly Change[]): void {
    const untold = batch.filter((change) => change.tell && !this.#told.has(change));
    for (const change of untold) this.#told.add(change);
    const newest = newestOf(untold);
    // What began and ended while the disk was busy is told all the same.
    const over = untold.filter(
      ({ alert: { alert } }) => alert.state === 'firing' && newest.get(alert.id)?.state !== 'firing',
    );
    try {
      for (const alerts of [newestOf(over), newest])
        if (alerts.size > 0) this.#options.dispatch.dispatch([...alerts.values()]);
    } catch (thrown) {
      // The changes are on disk: a fault further on must not have them written again.
      this.#options.logger.error({ error: messageOf(thrown) }, 'alerts could not be handed on');
    }
  }
}

function newestOf(changes: readonly Change[]): ReadonlyMap<string, Alert> {
  return new Map(changes.map(({ alert: { alert } }) => [alert.id, alert]));
}

import type { Database } from '@tapewatch/database';
import type { Clock, NotificationOutcome } from '@tapewatch/model';
import type { Notification } from '@tapewatch/plugin-sdk';
import { GroupCommit } from './group-commit.js';
import type { LogEntry } from './notification-log.js';
import type { Attempt, Flush, Outgoing } from './outgoing.js';
import { readPayload } from './payload.js';
import { rowOf, writeOutbox, type OutboxWrite } from './outbox-writes.js';
import type { NotificationRow, NotifyTables } from '../tables.js';

export interface StoredLogEntry {
  readonly groupKey: string;
  readonly channel: string;
  readonly receiver: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly entry: LogEntry;
}

/** How many notifications of one channel came to what. */
export interface ChannelOutcomes {
  readonly channel: string;
  readonly sent: number;
  readonly retrying: number;
  readonly dead: number;
  readonly notSent: number;
}

/** Notifications and the log of what was told, on disk. */
export class Outbox {
  readonly #database: Database;
  readonly #writes: GroupCommit<OutboxWrite>;

  constructor(database: Database) {
    this.#database = database;
    this.#writes = new GroupCommit((batch) =>
      database.transaction((transaction) => writeOutbox(transaction.tables<NotifyTables>(), batch)),
    );
  }

  /** Everything that a flush decided, wholly or not at all. */
  flush(flush: Flush): Promise<void> {
    return this.#writes.add({ flush });
  }

  /** Takes notifications that belong to no group, and returns those that are new: of each key there is one. */
  async add(outgoing: readonly Outgoing[]): Promise<readonly Outgoing[]> {
    if (outgoing.length === 0) return [];
    const rows = await this.#database
      .tables<NotifyTables>()
      .insertInto('notification')
      .values(outgoing.map(rowOf))
      .onConflict((conflict) => conflict.column('idempotency_key').doNothing())
      .returning('id')
      .execute();
    const added = new Set(rows.map(({ id }) => id));
    return outgoing.filter(({ id }) => added.has(id));
  }

  /** Of notifications made in [from, to). */
  async outcomesBetween(from: number, to: number): Promise<readonly ChannelOutcomes[]> {
    const rows = await this.#database
      .tables<NotifyTables>()
      .selectFrom('notification')
      .select((select) => ['channel', 'outcome', select.fn.countAll<number>().as('count')])
      .where('at', '>=', from)
      .where('at', '<', to)
      .groupBy(['channel', 'outcome'])
      .execute();
    return [...Map.groupBy(rows, ({ channel }) => channel)].map(([channel, own]) => {
      const count = (wanted: NotificationOutcome): number => own.find(({ outcome }) => outcome === wanted)?.count ?? 0;
      return {
        channel,
        sent: count('sent'),
        retrying: count('retrying'),
        dead: count('dead'),
        notSent: count('not_sent'),
      };
    });
  }

  /** What became of an attempt. */
  record(id: number, attempt: Attempt): Promise<void> {
    return this.#writes.add({ id, attempt });
  }

  /** What was on its way when the program ended, oldest first. */
  async waiting(): Promise<readonly Outgoing[]> {
    const rows = await this.#database
      .tables<NotifyTables>()
      .selectFrom('notification')
      .selectAll()
      .where('outcome', '=', 'retrying')
      .orderBy('id')
      .execute();
    return rows.map(outgoingOf);
  }

  /** Drops what groups were told before a time; a group that still fires has been told since. */
  async forgetBefore(at: number): Promise<void> {
    await this.#database.tables<NotifyTables>().deleteFrom('notification_log').where('at', '<', at).execute();
  }

  /** `clock` tells how long ago each of them was. */
  async logEntries(clock: Clock): Promise<readonly StoredLogEntry[]> {
    const rows = await this.#database.tables<NotifyTables>().selectFrom('notification_log').selectAll().execute();
    return rows.map((row) => ({
      groupKey: row.group_key,
      channel: row.channel,
      receiver: row.receiver,
      groupLabels: JSON.parse(row.group_labels) as Record<string, string>,
      entry: {
        flush: row.flush,
        at: row.at,
        atMs: clock.monotonic() - Math.max(0, clock.now() - row.at),
        firing: idsIn(row.firing),
        resolved: idsIn(row.resolved),
      },
    }));
  }

  async lastId(): Promise<number> {
    const row = await this.#database
      .tables<NotifyTables>()
      .selectFrom('notification')
      .select((select) => select.fn.max<number | null>('id').as('id'))
      .executeTakeFirst();
    return row?.id ?? 0;
  }

  /** Dead letters by channel. */
  async dead(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database
      .tables<NotifyTables>()
      .selectFrom('notification')
      .select((select) => ['channel', select.fn.countAll<number>().as('count')])
      .where('outcome', '=', 'dead')
      .groupBy('channel')
      .execute();
    return new Map(rows.map(({ channel, count }) => [channel, count]));
  }
}

/** A row that holds a notification, on its way. */
export function outgoingOf(row: NotificationRow): Outgoing {
  return {
    id: row.id,
    channel: row.channel,
    notification: readPayload(row.payload) as Notification,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    queuedAt: row.queued_at ?? row.at,
  };
}

function idsIn(json: string): ReadonlySet<string> {
  return new Set(JSON.parse(json) as string[]);
}

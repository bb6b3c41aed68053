import type { Migration } from '@tapewatch/database';
import type { NotificationOutcome } from '@tapewatch/model';
import { sql } from 'kysely';
import type { Payload } from './outbox/payload.js';

/** Times are milliseconds since the epoch. */
export interface NotifyTables {
  notification_log: NotificationLogRow;
  notification: NotificationRow;
  notification_alert: NotificationAlertRow;
}

/** What one channel was last told about one group. */
export interface NotificationLogRow {
  group_key: string;
  channel: string;
  receiver: string;
  group_labels: string;
  /** How many notifications this group has had on this channel. */
  flush: number;
  /** JSON lists of alert ids. */
  firing: string;
  resolved: string;
  at: number;
}

/** Outbox and ledger in one: a row is waiting until its outcome is known. */
export interface NotificationRow {
  /** Also the order of sending, and the cursor of the ledger. */
  id: number;
  idempotency_key: string;
  at: number;
  /** When it was last put into the queue by hand; null when never. */
  queued_at: number | null;
  channel: string;
  group_key: string;
  alert_ids: string;
  payload: Payload;
  outcome: NotificationOutcome;
  reason: string | null;
  attempts: number;
  next_attempt_at: number;
  latency_ms: number | null;
}

/** Which notifications are about an alert: a ledger of months is not to be read through for the few of one. */
export interface NotificationAlertRow {
  alert_id: string;
  notification_id: number;
}

export const notifyMigrations: readonly Migration[] = [
  {
    name: '2026-11-23-notify-create',
    async up(database) {
      await database.schema
        .createTable('notification_log')
        .addColumn('group_key', 'text', (column) => column.notNull())
        .addColumn('channel', 'text', (column) => column.notNull())
        .addColumn('receiver', 'text', (column) => column.notNull())
        .addColumn('group_labels', 'text', (column) => column.notNull())
        .addColumn('flush', 'bigint', (column) => column.notNull())
        .addColumn('firing', 'text', (column) => column.notNull())
        .addColumn('resolved', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('notification_log_key', ['group_key', 'channel'])
        .execute();
      await database.schema
        .createTable('notification')
        .addColumn('id', 'bigint', (column) => column.primaryKey())
        .addColumn('idempotency_key', 'text', (column) => column.notNull().unique())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('channel', 'text', (column) => column.notNull())
        .addColumn('group_key', 'text', (column) => column.notNull())
        .addColumn('alert_ids', 'text', (column) => column.notNull())
        .addColumn('payload', 'text', (column) => column.notNull())
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('reason', 'text')
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('next_attempt_at', 'bigint', (column) => column.notNull())
        .addColumn('latency_ms', 'real')
        .execute();
      await database.schema
        .createIndex('notification_by_outcome')
        .on('notification')
        .columns(['outcome', 'channel', 'id'])
        .execute();
    },
  },
  {
    name: '2026-11-25-notify-by-time',
    up: (database) => database.schema.createIndex('notification_by_time').on('notification').column('at').execute(),
  },
  {
    name: '2026-11-28-notify-replay',
    up: (database) => database.schema.alterTable('notification').addColumn('queued_at', 'bigint').execute(),
  },
  {
    name: '2026-11-28-notify-by-alert',
    async up(database) {
      await database.schema
        .createTable('notification_alert')
        .addColumn('alert_id', 'text', (column) => column.notNull())
        .addColumn('notification_id', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('notification_alert_key', ['alert_id', 'notification_id'])
        .modifyEnd(sql`without rowid`)
        .execute();
      await sql`insert or ignore into notification_alert
        select value, notification.id from notification, json_each(notification.alert_ids)`.execute(database);
    },
  },
];

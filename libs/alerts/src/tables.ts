import type { Migration } from '@tapewatch/database';
import type { AlertEventKind, AlertState } from '@tapewatch/model';
import type { Generated } from 'kysely';

/** Times are milliseconds since the epoch; labels and annotations JSON objects; flags 0 or 1. */
export interface AlertTables {
  alert: AlertRow;
  alert_event: AlertEventRow;
  silence: SilenceRow;
  posted_alert: PostedAlertRow;
}

/** What another program has sent, by label set. */
export interface PostedAlertRow {
  labels: string;
  annotations: string;
  starts_at: number;
  ends_at: number;
  /** 1 = it ends because nobody sends it again. */
  timeout: number;
  updated_at: number;
  /** 1 = it is said once, and not again and again while it holds. */
  once: number;
  generator_url: string | null;
}

export interface AlertRow {
  id: string;
  fingerprint: string;
  rule_group: string;
  rule_name: string;
  name: string;
  state: AlertState;
  severity: string;
  labels: string;
  annotations: string;
  /** As text: SQLite's REAL cannot hold a NaN. */
  value: string;
  starts_at: number;
  fired_at: number | null;
  ends_at: number | null;
  keep_firing_since: number | null;
  ack_by: string | null;
  ack_at: number | null;
  ack_note: string | null;
  ack_until: number | null;
  /** Of the first acknowledgement, also when it was taken back. */
  first_ack_at: number | null;
  resolved_by: string | null;
  resolution_reason: string | null;
  /** 1 = resolved by hand while its rule still holds. */
  held: number;
  /** Ids, as a JSON list; null when there are none. Of one that is over: as it was then. */
  silenced_by: string | null;
  inhibited_by: string | null;
}

export interface AlertEventRow {
  cursor: Generated<number>;
  at: number;
  kind: AlertEventKind;
  alert_id: string;
  state: AlertState;
  by: string | null;
  note: string | null;
}

export interface SilenceRow {
  id: string;
  /** A JSON list of objects with name, operator and value. */
  matchers: string;
  starts_at: number;
  ends_at: number;
  created_by: string;
  comment: string;
  updated_at: number;
  /** A JSON list of time intervals. */
  recurring: string | null;
  /** 1 = ended by hand. */
  ended: number;
}

export const alertMigrations: readonly Migration[] = [
  {
    name: '2026-11-23-alerts-create',
    async up(database) {
      await database.schema
        .createTable('alert')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .addColumn('rule_group', 'text', (column) => column.notNull())
        .addColumn('rule_name', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('severity', 'text', (column) => column.notNull())
        .addColumn('labels', 'text', (column) => column.notNull())
        .addColumn('annotations', 'text', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addColumn('starts_at', 'bigint', (column) => column.notNull())
        .addColumn('fired_at', 'bigint')
        .addColumn('ends_at', 'bigint')
        .addColumn('keep_firing_since', 'bigint')
        .addColumn('ack_by', 'text')
        .addColumn('ack_at', 'bigint')
        .addColumn('ack_note', 'text')
        .addColumn('ack_until', 'bigint')
        .addColumn('first_ack_at', 'bigint')
        .addColumn('resolved_by', 'text')
        .addColumn('resolution_reason', 'text')
        .addColumn('held', 'integer', (column) => column.notNull())
        .execute();
      await database.schema.createIndex('alert_by_state').on('alert').columns(['state', 'starts_at', 'id']).execute();
      await database.schema.createIndex('alert_by_start').on('alert').columns(['starts_at', 'id']).execute();
      await database.schema
        .createTable('alert_event')
        // AUTOINCREMENT: a number is never given out again, also not after the newest rows were removed.
        .addColumn('cursor', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('alert_id', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('by', 'text')
        .addColumn('note', 'text')
        .execute();
      await database.schema
        .createIndex('alert_event_by_alert')
        .on('alert_event')
        .columns(['alert_id', 'cursor'])
        .execute();
    },
  },
  {
    name: '2026-11-25-alerts-by-end',
    up: (database) => database.schema.createIndex('alert_by_end').on('alert').column('ends_at').execute(),
  },
  {
    name: '2026-11-28-alerts-posted',
    up: (database) =>
      database.schema
        .createTable('posted_alert')
        .addColumn('labels', 'text', (column) => column.primaryKey())
        .addColumn('annotations', 'text', (column) => column.notNull())
        .addColumn('starts_at', 'bigint', (column) => column.notNull())
        .addColumn('ends_at', 'bigint', (column) => column.notNull())
        .addColumn('timeout', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addColumn('once', 'integer', (column) => column.notNull())
        .addColumn('generator_url', 'text')
        .execute(),
  },
  {
    name: '2026-11-28-alerts-silences',
    async up(database) {
      await database.schema.alterTable('alert').addColumn('silenced_by', 'text').execute();
      await database.schema.alterTable('alert').addColumn('inhibited_by', 'text').execute();
      await database.schema
        .createTable('silence')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('matchers', 'text', (column) => column.notNull())
        .addColumn('starts_at', 'bigint', (column) => column.notNull())
        .addColumn('ends_at', 'bigint', (column) => column.notNull())
        .addColumn('created_by', 'text', (column) => column.notNull())
        .addColumn('comment', 'text', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addColumn('recurring', 'text')
        .addColumn('ended', 'integer', (column) => column.notNull())
        .execute();
      await database.schema.createIndex('silence_by_end').on('silence').column('ends_at').execute();
    },
  },
];

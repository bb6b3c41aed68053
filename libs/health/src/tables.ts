import type { Migration } from '@tapewatch/database';
import type { HealthStatus } from '@tapewatch/model';
import type { Generated } from 'kysely';

export interface HealthTables {
  health_event: HealthEventRow;
}

export interface HealthEventRow {
  cursor: Generated<number>;
  /** Milliseconds since the epoch. */
  at: number;
  component: string;
  previous: HealthStatus | null;
  status: HealthStatus;
  response_time_ms: number | null;
  summary: string | null;
}

export const healthMigrations: readonly Migration[] = [
  {
    name: '2026-11-23-health-create',
    async up(database) {
      await database.schema
        .createTable('health_event')
        .addColumn('cursor', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('component', 'text', (column) => column.notNull())
        .addColumn('previous', 'text')
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('response_time_ms', 'real')
        .addColumn('summary', 'text')
        .execute();
      await database.schema
        .createIndex('health_event_by_component')
        .on('health_event')
        .columns(['component', 'cursor'])
        .execute();
    },
  },
  {
    name: '2026-11-25-health-by-time',
    up: (database) => database.schema.createIndex('health_event_by_time').on('health_event').column('at').execute(),
  },
];

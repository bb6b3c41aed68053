import type { Language } from '@tapewatch/model';
import type { Migration } from '@tapewatch/database';
import type { Generated } from 'kysely';
import type { ReportKind } from './report.js';

/** Times are milliseconds since the epoch. */
export interface ReportTables {
  report: ReportRow;
  report_schedule: ReportScheduleRow;
}

export interface ReportRow {
  /** Also of the event that it was made. */
  cursor: Generated<number>;
  id: string;
  kind: ReportKind;
  from_at: number;
  to_at: number;
  created_at: number;
  completeness: number;
  language: Language;
  /** Markdown and HTML are made from it whenever they are asked for. */
  data: string;
  /** The schedule that it was made for, and when it was due there. */
  schedule: string | null;
  due_at: number | null;
  /** 1 = whoever is to get it has been told, or nobody is to get it. */
  told: number;
}

export interface ReportScheduleRow {
  key: string;
  /** Since when the schedule is known: what was due before is not missing. */
  since: number;
}

export const reportMigrations: readonly Migration[] = [
  {
    name: '2026-11-25-reporting-create',
    async up(database) {
      await database.schema
        .createTable('report')
        .addColumn('cursor', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('id', 'text', (column) => column.notNull().unique())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('from_at', 'bigint', (column) => column.notNull())
        .addColumn('to_at', 'bigint', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('completeness', 'real', (column) => column.notNull())
        .addColumn('language', 'text', (column) => column.notNull())
        .addColumn('data', 'text', (column) => column.notNull())
        .addColumn('schedule', 'text')
        .addColumn('due_at', 'bigint')
        .addColumn('told', 'integer', (column) => column.notNull())
        // Of a schedule one report for every time it was due, also when the program ends in between.
        .addUniqueConstraint('report_of_schedule', ['schedule', 'due_at'])
        .execute();
      await database.schema.createIndex('report_by_kind').on('report').columns(['kind', 'cursor']).execute();
      await database.schema
        .createTable('report_schedule')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
];

import type { Migration } from '../migrations.js';

export interface NoteTables {
  note: { id: number; text: string };
}

/** One table, for tests that need something to keep. */
export const notes: Migration = {
  name: '2026-01-01-test-note',
  up: (db) =>
    db.schema
      .createTable('note')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('text', 'text', (column) => column.notNull())
      .execute(),
};

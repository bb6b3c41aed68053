import type { Migration } from '@tapewatch/database';
import { sql, type Generated } from 'kysely';
import type { AuditOutcome } from './audit-entry.js';
import type { Role } from './role.js';

/** Times are milliseconds since the epoch. Of secrets only the SHA-256 is kept. */
export interface AccessTables {
  access_token: AccessTokenRow;
  access_session: AccessSessionRow;
  audit_entry: AuditEntryRow;
  audit_head: AuditHeadRow;
}

export interface AccessTokenRow {
  id: Generated<number>;
  name: string;
  hash: string;
  role: Role;
  created_at: number;
  created_by: string;
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
  revoked_by: string | null;
}

export interface AccessSessionRow {
  id: Generated<number>;
  hash: string;
  who: string;
  role: Role;
  /** Which token opened it, or let the link be made: `token:ID`, or `admin:KEY` for the admin's. */
  origin: string;
  created_at: number;
  ends_at: number;
  last_seen_at: number;
  address: string | null;
  revoked_at: number | null;
  revoked_by: string | null;
}

export interface AuditEntryRow {
  seq: number;
  at: number;
  who: string;
  role: Role | null;
  address: string | null;
  what: string;
  target: string | null;
  /** A JSON object. */
  detail: string | null;
  outcome: AuditOutcome;
  code: string | null;
  /** Of this row and, through the hash before, of all rows before it. */
  hash: string;
}

/** One row: what the newest entry must be, so that one taken from the end is missed. */
export interface AuditHeadRow {
  id: number;
  seq: number;
  hash: string;
}

export const accessMigrations: readonly Migration[] = [
  {
    name: '2026-11-25-access-create',
    async up(database) {
      await database.schema
        .createTable('access_token')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull().unique())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('created_by', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'bigint')
        .addColumn('last_used_at', 'bigint')
        .addColumn('revoked_at', 'bigint')
        .addColumn('revoked_by', 'text')
        .execute();
      await database.schema
        .createIndex('access_token_by_name')
        .on('access_token')
        .column('name')
        .unique()
        .where(sql.ref('revoked_at'), 'is', null)
        .execute();
      await database.schema
        .createTable('access_session')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('hash', 'text', (column) => column.notNull().unique())
        .addColumn('who', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('origin', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('ends_at', 'bigint', (column) => column.notNull())
        .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
        .addColumn('address', 'text')
        .addColumn('revoked_at', 'bigint')
        .addColumn('revoked_by', 'text')
        .execute();
      await database.schema
        .createTable('audit_entry')
        .addColumn('seq', 'bigint', (column) => column.primaryKey())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('who', 'text', (column) => column.notNull())
        .addColumn('role', 'text')
        .addColumn('address', 'text')
        .addColumn('what', 'text', (column) => column.notNull())
        .addColumn('target', 'text')
        .addColumn('detail', 'text')
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('code', 'text')
        .addColumn('hash', 'text', (column) => column.notNull())
        .execute();
      await database.schema
        .createTable('audit_head')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('seq', 'bigint', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .execute();
    },
  },
];

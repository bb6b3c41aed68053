import type { Database, Sweep } from '@tapewatch/database';
import { TimeInterval, type MatchOperator } from '@tapewatch/model';
import { createMatcher } from '@tapewatch/promql';
import type { Selectable } from 'kysely';
import type { AlertTables, SilenceRow } from '../tables.js';
import type { Silence } from './silence.js';

/** How long a silence that is over is kept: Alertmanager's 120 hours. */
export const silenceKeptMs = 120 * 3_600_000;

/** Silences on disk. */
export class SilenceStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async all(): Promise<readonly Silence[]> {
    const rows = await this.#database.tables<AlertTables>().selectFrom('silence').selectAll().orderBy('id').execute();
    return rows.map(fromRow);
  }

  /** All of them, or none. */
  async write(silences: readonly Silence[]): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      for (const silence of silences) {
        const { id, ...rest } = toRow(silence);
        await transaction
          .tables<AlertTables>()
          .insertInto('silence')
          .values({ id, ...rest })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
          .execute();
      }
    });
  }
}

/** Forgets silences that have been over for longer. */
export function silenceSweep(): Sweep {
  return {
    history: 'silences',
    keepMs: silenceKeptMs,
    async delete(transaction, before, atMost) {
      const tables = transaction.tables<AlertTables>();
      const rows = await tables
        .selectFrom('silence')
        .select('id')
        .where('ends_at', '<', before)
        .orderBy('ends_at')
        .limit(atMost)
        .execute();
      const ids = rows.map(({ id }) => id);
      if (ids.length > 0) await tables.deleteFrom('silence').where('id', 'in', ids).execute();
      return ids.length;
    },
  };
}

function toRow(silence: Silence): SilenceRow {
  return {
    id: silence.id,
    matchers: JSON.stringify(silence.matchers.map(({ name, operator, value }) => ({ name, operator, value }))),
    starts_at: silence.startsAt,
    ends_at: silence.endsAt,
    created_by: silence.createdBy,
    comment: silence.comment,
    updated_at: silence.updatedAt,
    recurring: silence.recurring === undefined ? null : JSON.stringify(silence.recurring),
    ended: silence.ended ? 1 : 0,
  };
}

function fromRow(row: Selectable<SilenceRow>): Silence {
  const matchers = JSON.parse(row.matchers) as { name: string; operator: MatchOperator; value: string }[];
  const recurring = row.recurring === null ? undefined : (JSON.parse(row.recurring) as unknown[]);
  return {
    id: row.id,
    matchers: matchers.map(({ name, operator, value }) => createMatcher(name, operator, value)),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    createdBy: row.created_by,
    comment: row.comment,
    updatedAt: row.updated_at,
    ...(recurring === undefined ? {} : { recurring: recurring.map(stored) }),
    ended: row.ended === 1,
  };
}

function stored(fields: unknown): TimeInterval {
  const interval = TimeInterval.parse(fields);
  if (!interval.ok) throw new Error(`a stored time interval cannot be read: ${interval.faults[0]?.message ?? ''}`);
  return interval.value;
}

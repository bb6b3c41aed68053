import type { Database } from '@tapewatch/database';
import { Labels } from '@tapewatch/model';
import type { AlertTables } from '../tables.js';
import type { KnownAlert } from './posted-alert.js';

/** Rows written by one statement. */
const rowsAtOnce = 500;

/** What other programs have sent, on disk: so that a restart knows when each of them ends. */
export class PostedStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(): Promise<readonly KnownAlert[]> {
    const rows = await this.#database.tables<AlertTables>().selectFrom('posted_alert').selectAll().execute();
    return rows.map((row) => ({
      labels: Labels.of(JSON.parse(row.labels) as Record<string, string>),
      annotations: JSON.parse(row.annotations) as Record<string, string>,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      timeout: row.timeout === 1,
      updatedAt: row.updated_at,
      once: row.once === 1,
      ...(row.generator_url === null ? {} : { generatorUrl: row.generator_url }),
    }));
  }

  /** Resolves once all of them are on disk, or none. */
  async write(alerts: readonly KnownAlert[]): Promise<void> {
    const newest = [...new Map(alerts.map((alert) => [alert.labels.key, alert])).values()];
    await this.#database.transaction(async (transaction) => {
      for (let i = 0; i < newest.length; i += rowsAtOnce) {
        await transaction
          .tables<AlertTables>()
          .insertInto('posted_alert')
          .values(newest.slice(i, i + rowsAtOnce).map(rowOf))
          .onConflict((conflict) =>
            conflict.column('labels').doUpdateSet((row) => ({
              annotations: row.ref('excluded.annotations'),
              starts_at: row.ref('excluded.starts_at'),
              ends_at: row.ref('excluded.ends_at'),
              timeout: row.ref('excluded.timeout'),
              updated_at: row.ref('excluded.updated_at'),
              once: row.ref('excluded.once'),
              generator_url: row.ref('excluded.generator_url'),
            })),
          )
          .execute();
      }
    });
  }

  async remove(labels: readonly Labels[]): Promise<void> {
    const some = labels.map((one) => JSON.stringify(one));
    for (let i = 0; i < some.length; i += rowsAtOnce) {
      await this.#database
        .tables<AlertTables>()
        .deleteFrom('posted_alert')
        .where('labels', 'in', some.slice(i, i + rowsAtOnce))
        .execute();
    }
  }
}

function rowOf(alert: KnownAlert): AlertTables['posted_alert'] {
  return {
    labels: JSON.stringify(alert.labels),
    annotations: JSON.stringify(alert.annotations),
    starts_at: alert.startsAt,
    ends_at: alert.endsAt,
    timeout: alert.timeout ? 1 : 0,
    updated_at: alert.updatedAt,
    once: alert.once ? 1 : 0,
    generator_url: alert.generatorUrl ?? null,
  };
}

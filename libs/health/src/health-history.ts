import type { Database } from '@tapewatch/database';
import {
  accepted,
  beforeNumber,
  numberedPage,
  type CommandResult,
  type EventLog,
  type HealthEvent,
  type Page,
  type PageRequest,
} from '@tapewatch/model';
import type { Insertable, Selectable } from 'kysely';
import type { HealthEventRow, HealthTables } from './tables.js';

/** Every change of a component's status, on disk. */
export class HealthHistory implements EventLog<HealthEvent> {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** One row per change, wholly or not at all; returns them with their cursors. */
  write(events: readonly Insertable<HealthEventRow>[]): Promise<readonly HealthEvent[]> {
    return this.#database.transaction(async (transaction) => {
      const rows = await transaction
        .tables<HealthTables>()
        .insertInto('health_event')
        .values([...events])
        .returningAll()
        .execute();
      return rows.map(fromRow).sort((a, b) => a.cursor - b.cursor);
    });
  }

  /** The newest change of every component; with `at`, of those at or before it. */
  async newest(at?: number): Promise<readonly HealthEvent[]> {
    const rows = await this.tables
      .selectFrom('health_event')
      .selectAll()
      .where('cursor', 'in', (query) =>
        query
          .selectFrom('health_event')
          .select((select) => select.fn.max<number>('cursor').as('cursor'))
          .$if(at !== undefined, (all) => all.where('at', '<=', at as number))
          .groupBy('component'),
      )
      .execute();
    return rows.map(fromRow);
  }

  /** Newest first. */
  async page(
    request: PageRequest & { readonly component?: string; readonly since?: number },
  ): Promise<CommandResult<Page<HealthEvent>>> {
    const before = beforeNumber(request);
    if (!before.ok) return before;
    let query = this.tables.selectFrom('health_event').selectAll().where('cursor', '<', before.value);
    if (request.component !== undefined) query = query.where('component', '=', request.component);
    if (request.since !== undefined) query = query.where('at', '>=', request.since);
    const rows = await query
      .orderBy('cursor', 'desc')
      .limit(request.first + 1)
      .execute();
    return accepted(numberedPage(rows, request.first, (row) => ({ number: row.cursor, node: fromRow(row) })));
  }

  /** Of every component the newest change at or before `from`, and every change in (from, to), oldest first. */
  async changesBetween(from: number, to: number): Promise<readonly HealthEvent[]> {
    const before = await this.newest(from);
    const within = await this.tables
      .selectFrom('health_event')
      .selectAll()
      .where('at', '>', from)
      .where('at', '<', to)
      .orderBy('cursor')
      .execute();
    return [...before, ...within.map(fromRow)];
  }

  async since(cursor: number, limit: number): Promise<readonly HealthEvent[]> {
    const rows = await this.tables
      .selectFrom('health_event')
      .selectAll()
      .where('cursor', '>', cursor)
      .orderBy('cursor')
      .limit(limit)
      .execute();
    return rows.map(fromRow);
  }

  async head(): Promise<number> {
    const row = await this.tables
      .selectFrom('health_event')
      .select((select) => select.fn.max<number | null>('cursor').as('cursor'))
      .executeTakeFirst();
    return row?.cursor ?? 0;
  }

  /**
   * Share of the time in (fromMs, toMs] in which the component worked (healthy or degraded); time in which its status was unknown, or not yet
   * watched, does not count. Undefined when nothing counts.
   */
  async uptimeRatio(component: string, fromMs: number, toMs: number): Promise<number | undefined> {
    const ofComponent = this.tables
      .selectFrom('health_event')
      .select(['at', 'status'])
      .where('component', '=', component);
    const before = await ofComponent.where('at', '<=', fromMs).orderBy('cursor', 'desc').limit(1).execute();
    const within = await ofComponent.where('at', '>', fromMs).where('at', '<=', toMs).orderBy('cursor').execute();
    let upMs = 0;
    let knownMs = 0;
    const stretches = [...before, ...within];
    stretches.forEach(({ at, status }, i) => {
      const lengthMs = (stretches[i + 1]?.at ?? toMs) - Math.max(at, fromMs);
      if (status === 'unknown') return;
      knownMs += lengthMs;
      if (status !== 'unhealthy') upMs += lengthMs;
    });
    return knownMs > 0 ? upMs / knownMs : undefined;
  }

  private get tables() {
    return this.#database.tables<HealthTables>();
  }
}

function fromRow(row: Selectable<HealthEventRow>): HealthEvent {
  return {
    cursor: row.cursor,
    at: row.at,
    component: row.component,
    status: row.status,
    ...(row.previous === null ? {} : { previous: row.previous }),
    ...(row.response_time_ms === null ? {} : { responseTimeMs: row.response_time_ms }),
    ...(row.summary === null ? {} : { summary: row.summary }),
  };
}

import type { DatabaseTransaction, TablesOf } from '@tapewatch/database';
import type { Alert, AlertEvent, EventLog } from '@tapewatch/model';
import { sql, type Insertable } from 'kysely';
import { passes, type ParsedAlertFilter } from './alert-filter.js';
import { eventFromRow, fromRow, toRow } from './rows.js';
import type { AlertEventRow, AlertTables } from './tables.js';
import type { TrackedAlert } from './tracked-alert.js';

/** Where a page of alerts goes on: after this one, in the order newest start first. */
export interface AlertPosition {
  readonly startsAt: number;
  readonly id: string;
}

export interface HistoryFigures {
  readonly total: number;
  readonly lastFiredAt?: number;
  readonly meanTimeToAcknowledgeMs?: number;
  readonly meanTimeToResolveMs?: number;
}

/** One that is over. */
export interface PastEpisode {
  readonly alert: Alert;
  /** When its end was noted, which may be later than its end. */
  readonly endedAt: number;
}

/** One episode, with what happened to it in a stretch of time. */
export interface AlertInPeriod {
  readonly alert: Alert;
  /** Of the first acknowledgement, also when it was taken back. */
  readonly firstAcknowledgedAt?: number;
  /** In that stretch, oldest first. */
  readonly events: readonly AlertEvent[];
}

/** Rows written by one statement: well under SQLite's limit of 32,766 parameters. */
const rowsAtOnce = 200;

/** What can change in the course of an episode. */
const changing = [
  'state',
  'annotations',
  'value',
  'starts_at',
  'fired_at',
  'ends_at',
  'keep_firing_since',
  'ack_by',
  'ack_at',
  'ack_note',
  'ack_until',
  'first_ack_at',
  'resolved_by',
  'resolution_reason',
  'held',
  'silenced_by',
  'inhibited_by',
] as const;

/** Rows read from the table at once while a filter is applied to them. */
const chunk = 500;

/** Alerts and their events on disk. */
export class AlertHistory implements EventLog<AlertEvent> {
  readonly #database: TablesOf;

  constructor(database: TablesOf) {
    this.#database = database;
  }

  /** Writes the newest state of each alert and one row per event; returns the events with their cursors. */
  async write(
    transaction: DatabaseTransaction,
    alerts: readonly TrackedAlert[],
    events: readonly Insertable<AlertEventRow>[],
  ): Promise<readonly AlertEvent[]> {
    const tables = transaction.tables<AlertTables>();
    for (const some of inChunks(alerts, rowsAtOnce)) {
      await tables
        .insertInto('alert')
        .values(some.map(toRow))
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet((row) =>
              Object.fromEntries(changing.map((column) => [column, row.ref(`excluded.${column}`)])),
            ),
        )
        .execute();
    }
    const written: AlertEvent[] = [];
    for (const some of inChunks(events, rowsAtOnce)) {
      const rows = await tables
        .insertInto('alert_event')
        .values([...some])
        .returningAll()
        .execute();
      written.push(...rows.map(eventFromRow).sort((a, b) => a.cursor - b.cursor));
    }
    return written;
  }

  /** What was pending, firing or held when the program ended. */
  async unfinished(): Promise<readonly TrackedAlert[]> {
    const rows = await this.#database
      .tables<AlertTables>()
      .selectFrom('alert')
      .selectAll()
      .where((where) => where.or([where('state', 'in', ['pending', 'firing']), where('held', '=', 1)]))
      // Of several that inhibit an alert the one that stands longest is named, before and after a restart.
      .orderBy('starts_at')
      .orderBy('id')
      .execute();
    const freedAt = await this.freedAt();
    return rows.map((row) => {
      const tracked = fromRow(row);
      const at = freedAt.get(row.id);
      return at === undefined ? tracked : { ...tracked, alert: { ...tracked.alert, freedAt: at } };
    });
  }

  /** Of alerts that fire: when a silence or an acknowledgement last ended. */
  private async freedAt(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database
      .tables<AlertTables>()
      .selectFrom('alert')
      .innerJoin('alert_event', 'alert_event.alert_id', 'alert.id')
      .where('alert.state', '=', 'firing')
      .where('alert_event.kind', 'in', ['unsilenced', 'unacknowledged'])
      .groupBy('alert.id')
      .select((select) => ['alert.id', select.fn.max('alert_event.at').as('at')])
      .execute();
    return new Map(rows.map(({ id, at }) => [id, at]));
  }

  async find(id: string): Promise<Alert | undefined> {
    const row = await this.#database
      .tables<AlertTables>()
      .selectFrom('alert')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : fromRow(row).alert;
  }

  /** Newest start first; one more than `limit` tells that there is more. */
  async page(filter: ParsedAlertFilter, limit: number, after?: AlertPosition): Promise<readonly Alert[]> {
    const found: Alert[] = [];
    let position = after;
    for (;;) {
      const rows = await this.rows(filter, position);
      for (const row of rows) {
        const { alert } = fromRow(row);
        if (passes(alert, filter)) found.push(alert);
        if (found.length > limit) return found;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < chunk) return found;
      position = { startsAt: last.starts_at, id: last.id };
    }
  }

  async count(filter: ParsedAlertFilter): Promise<number> {
    if (filter.matchers.length > 0) return (await this.page(filter, Number.MAX_SAFE_INTEGER)).length;
    const row = await this.select(filter)
      .select((select) => select.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return row.count;
  }

  async eventsOf(alertId: string, last: number): Promise<readonly AlertEvent[]> {
    const rows = await this.#database
      .tables<AlertTables>()
      .selectFrom('alert_event')
      .selectAll()
      .where('alert_id', '=', alertId)
      .orderBy('cursor', 'desc')
      .limit(last)
      .execute();
    return rows.reverse().map(eventFromRow);
  }

  /** Every alert that fired at any time in [from, to), one that ended just then included, in the order they fired. */
  async firedBetween(from: number, to: number): Promise<readonly AlertInPeriod[]> {
    const tables = this.#database.tables<AlertTables>();
    const rows = await tables
      .selectFrom('alert')
      .selectAll()
      .where('fired_at', '<', to)
      .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>=', from)]))
      .orderBy('fired_at')
      .orderBy('id')
      .execute();
    const events = new Map<string, AlertEvent[]>();
    for (const some of inChunks(rows, rowsAtOnce)) {
      const found = await tables
        .selectFrom('alert_event')
        .selectAll()
        .where(
          'alert_id',
          'in',
          some.map(({ id }) => id),
        )
        .where('at', '>=', from)
        .where('at', '<', to)
        .orderBy('cursor')
        .execute();
      for (const row of found) events.set(row.alert_id, [...(events.get(row.alert_id) ?? []), eventFromRow(row)]);
    }
    return rows.map((row) => {
      const { alert, firstAcknowledgedAt } = fromRow(row);
      return {
        alert,
        events: events.get(row.id) ?? [],
        ...(firstAcknowledgedAt === undefined ? {} : { firstAcknowledgedAt }),
      };
    });
  }

  /** The episodes of one group of rules that fired and have ended since a time, in the order of their ends. */
  async endedSince(group: string, since: number): Promise<readonly PastEpisode[]> {
    const rows = await this.#database
      .tables<AlertTables>()
      .selectFrom('alert')
      .selectAll('alert')
      .select((select) =>
        select
          .selectFrom('alert_event')
          .select((event) => event.fn.max('at').as('at'))
          .whereRef('alert_event.alert_id', '=', 'alert.id')
          .where('kind', '=', 'resolved')
          .as('noted_at'),
      )
      .where('rule_group', '=', group)
      .where('ends_at', '>=', since)
      .where('state', '=', 'resolved')
      .orderBy('ends_at')
      .execute();
    return rows.map((row) => ({ alert: fromRow(row).alert, endedAt: row.noted_at ?? row.ends_at ?? since }));
  }

  async since(cursor: number, limit: number): Promise<readonly AlertEvent[]> {
    const rows = await this.#database
      .tables<AlertTables>()
      .selectFrom('alert_event')
      .selectAll()
      .where('cursor', '>', cursor)
      .orderBy('cursor')
      .limit(limit)
      .execute();
    return rows.map(eventFromRow);
  }

  async head(): Promise<number> {
    // Not the newest row, which retention may have deleted.
    const { rows } = await sql<{ seq: number }>`select seq from sqlite_sequence where name = 'alert_event'`.execute(
      this.#database.tables<AlertTables>(),
    );
    return rows[0]?.seq ?? 0;
  }

  async figures(): Promise<HistoryFigures> {
    const row = await this.#database
      .tables<AlertTables>()
      .selectFrom('alert')
      .select(({ fn, eb }) => [
        fn.countAll<number>().as('total'),
        fn.max<number | null>('fired_at').as('lastFiredAt'),
        fn.avg<number | null>(eb('first_ack_at', '-', eb.ref('fired_at'))).as('toAcknowledge'),
        fn.avg<number | null>(eb('ends_at', '-', eb.ref('fired_at'))).as('toResolve'),
      ])
      .executeTakeFirstOrThrow();
    return {
      total: row.total,
      ...(row.lastFiredAt === null ? {} : { lastFiredAt: row.lastFiredAt }),
      ...(row.toAcknowledge === null ? {} : { meanTimeToAcknowledgeMs: row.toAcknowledge }),
      ...(row.toResolve === null ? {} : { meanTimeToResolveMs: row.toResolve }),
    };
  }

  private rows(filter: ParsedAlertFilter, after: AlertPosition | undefined) {
    let query = this.select(filter).selectAll();
    if (after !== undefined) {
      query = query.where((where) =>
        where.or([
          where('starts_at', '<', after.startsAt),
          where.and([where('starts_at', '=', after.startsAt), where('id', '<', after.id)]),
        ]),
      );
    }
    return query.orderBy('starts_at', 'desc').orderBy('id', 'desc').limit(chunk).execute();
  }

  private select(filter: ParsedAlertFilter) {
    let query = this.#database.tables<AlertTables>().selectFrom('alert');
    if (filter.states !== undefined) query = query.where('state', 'in', filter.states);
    if (filter.severities !== undefined) query = query.where('severity', 'in', filter.severities);
    if (filter.since !== undefined) query = query.where('starts_at', '>=', filter.since);
    if (filter.silenced !== undefined) query = query.where('silenced_by', filter.silenced ? 'is not' : 'is', null);
    if (filter.acknowledged !== undefined) query = query.where('ack_by', filter.acknowledged ? 'is not' : 'is', null);
    return query;
  }
}

function* inChunks<T>(list: readonly T[], size: number): Iterable<readonly T[]> {
  for (let i = 0; i < list.length; i += size) yield list.slice(i, i + size);
}

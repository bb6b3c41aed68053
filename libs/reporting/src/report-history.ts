import type { Database } from '@tapewatch/database';
import {
  accepted,
  beforeNumber,
  numberedPage,
  type CommandResult,
  type EventLog,
  type Page,
  type PageRequest,
} from '@tapewatch/model';
import type { Selectable } from 'kysely';
import type { DailyReport } from './daily/daily-report.js';
import type { ReportEvent, ReportHead, ReportKind } from './report.js';
import type { ReportRow, ReportTables } from './tables.js';

const headColumns = ['cursor', 'id', 'kind', 'from_at', 'to_at', 'created_at', 'completeness', 'language'] as const;
type HeadRow = Pick<Selectable<ReportRow>, (typeof headColumns)[number]>;

/** For which schedule, and which of its times, a report is made. */
export interface Due {
  readonly schedule: string;
  readonly at: number;
}

/** Reports on disk. Their cursors are those of the events that they were made. */
export class ReportHistory implements EventLog<ReportEvent> {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async write(head: ReportHead, data: DailyReport, due: Due | undefined, toTell: boolean): Promise<ReportEvent> {
    const row = await this.tables
      .insertInto('report')
      .values({
        id: head.id,
        kind: head.kind,
        from_at: head.from,
        to_at: head.to,
        created_at: head.createdAt,
        completeness: head.completeness,
        language: head.language,
        data: JSON.stringify(data),
        schedule: due?.schedule ?? null,
        due_at: due?.at ?? null,
        told: toTell ? 0 : 1,
      })
      .returning(headColumns)
      .executeTakeFirstOrThrow();
    return eventOf(row);
  }

  async find(id: string): Promise<ReportHead | undefined> {
    const row = await this.tables.selectFrom('report').select(headColumns).where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : headOf(row);
  }

  async data(id: string): Promise<DailyReport | undefined> {
    const row = await this.tables.selectFrom('report').select('data').where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.data) as DailyReport);
  }

  /** Newest first. */
  async page(request: PageRequest & { readonly kind?: ReportKind }): Promise<CommandResult<Page<ReportHead>>> {
    const before = beforeNumber(request);
    if (!before.ok) return before;
    let query = this.tables.selectFrom('report').select(headColumns).where('cursor', '<', before.value);
    if (request.kind !== undefined) query = query.where('kind', '=', request.kind);
    const rows = await query
      .orderBy('cursor', 'desc')
      .limit(request.first + 1)
      .execute();
    return accepted(numberedPage(rows, request.first, (row) => ({ number: row.cursor, node: headOf(row) })));
  }

  async since(cursor: number, limit: number): Promise<readonly ReportEvent[]> {
    const rows = await this.tables
      .selectFrom('report')
      .select(headColumns)
      .where('cursor', '>', cursor)
      .orderBy('cursor')
      .limit(limit)
      .execute();
    return rows.map(eventOf);
  }

  async head(): Promise<number> {
    const row = await this.tables
      .selectFrom('report')
      .select((select) => select.fn.max<number | null>('cursor').as('cursor'))
      .executeTakeFirst();
    return row?.cursor ?? 0;
  }

  /** Since when a schedule is known; from `now` on when it was not. */
  async scheduleSince(schedule: string, now: number): Promise<number> {
    await this.tables
      .insertInto('report_schedule')
      .values({ key: schedule, since: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const row = await this.tables
      .selectFrom('report_schedule')
      .select('since')
      .where('key', '=', schedule)
      .executeTakeFirstOrThrow();
    return row.since;
  }

  async isMade(due: Due): Promise<boolean> {
    const row = await this.tables
      .selectFrom('report')
      .select('id')
      .where('schedule', '=', due.schedule)
      .where('due_at', '=', due.at)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Made for a schedule, but those who are to get them have not been told. */
  async untold(schedule: string): Promise<readonly ReportHead[]> {
    const rows = await this.tables
      .selectFrom('report')
      .select(headColumns)
      .where('schedule', '=', schedule)
      .where('told', '=', 0)
      .orderBy('cursor')
      .execute();
    return rows.map(headOf);
  }

  async noteTold(id: string): Promise<void> {
    await this.tables.updateTable('report').set({ told: 1 }).where('id', '=', id).execute();
  }

  private get tables() {
    return this.#database.tables<ReportTables>();
  }
}

function eventOf(row: HeadRow): ReportEvent {
  return { cursor: row.cursor, at: row.created_at, report: headOf(row) };
}

function headOf(row: HeadRow): ReportHead {
  return {
    id: row.id,
    kind: row.kind,
    from: row.from_at,
    to: row.to_at,
    createdAt: row.created_at,
    completeness: row.completeness,
    language: row.language,
  };
}

import type { Sweep } from '@tapewatch/database';
import { sql } from 'kysely';
import type { ReportTables } from './tables.js';

/** Forgets older reports, but for the newest of each schedule: by it a start sees that nothing is missing. */
export function reportSweep(keepMs: number): Sweep {
  return {
    history: 'reports',
    keepMs,
    async delete(transaction, before, atMost) {
      const { numAffectedRows } = await sql`
        delete from report where cursor in (
          select old.cursor from report as old
          where old.created_at < ${before} and (
            old.schedule is null
            or exists (select 1 from report as newer where newer.schedule = old.schedule and newer.cursor > old.cursor)
          )
          order by old.cursor limit ${atMost}
        )`.execute(transaction.tables<ReportTables>());
      return Number(numAffectedRows ?? 0);
    },
  };
}

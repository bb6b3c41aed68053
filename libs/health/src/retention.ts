import type { Sweep } from '@tapewatch/database';
import { sql } from 'kysely';
import type { HealthTables } from './tables.js';

/**
 * Forgets older changes of status, but for the newest of them of each component: it tells the status with which the time that is kept begins,
 * and may be the newest of all.
 */
export function healthSweep(keepMs: number): Sweep {
  return {
    history: 'health',
    keepMs,
    async delete(transaction, before, atMost) {
      const { numAffectedRows } = await sql`
        delete from health_event where cursor in (
          select old.cursor from health_event as old
          where old.at < ${before} and exists (
            select 1 from health_event as newer
            where newer.component = old.component and newer.cursor > old.cursor and newer.at < ${before}
          )
          order by old.at limit ${atMost}
        )`.execute(transaction.tables<HealthTables>());
      return Number(numAffectedRows ?? 0);
    },
  };
}

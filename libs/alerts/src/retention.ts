import type { Sweep } from '@tapewatch/database';
import type { AlertTables } from './tables.js';

/** Forgets alerts that have been over for longer, each with all its events. One that is held is not over. */
export function alertSweep(keepMs: number): Sweep {
  return {
    history: 'alerts',
    keepMs,
    async delete(transaction, before, atMost) {
      const tables = transaction.tables<AlertTables>();
      const rows = await tables
        .selectFrom('alert')
        .select('id')
        .where('ends_at', '<', before)
        .where('state', 'in', ['resolved', 'inactive'])
        .where('held', '=', 0)
        .orderBy('ends_at')
        .limit(atMost)
        .execute();
      if (rows.length === 0) return 0;
      const ids = rows.map(({ id }) => id);
      await tables.deleteFrom('alert_event').where('alert_id', 'in', ids).execute();
      await tables.deleteFrom('alert').where('id', 'in', ids).execute();
      return ids.length;
    },
  };
}

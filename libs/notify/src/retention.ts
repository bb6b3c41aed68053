import type { Sweep } from '@tapewatch/database';
import type { NotifyTables } from './tables.js';

/** Forgets older notifications whose outcome is known. The newest one stays, so that its number is never given out again. */
export function notificationSweep(keepMs: number): Sweep {
  return {
    history: 'notifications',
    keepMs,
    async delete(transaction, before, atMost) {
      const tables = transaction.tables<NotifyTables>();
      const { numDeletedRows } = await tables
        .deleteFrom('notification')
        .where('id', 'in', (query) =>
          query
            .selectFrom('notification')
            .select('id')
            .where('at', '<', before)
            .where('outcome', '!=', 'retrying')
            .where('id', '<', (newest) =>
              newest.selectFrom('notification').select((select) => select.fn.max<number>('id').as('id')),
            )
            .orderBy('at')
            .limit(atMost),
        )
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}

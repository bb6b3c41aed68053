import type { Sweep } from '@tapewatch/database';
import type { Kysely } from 'kysely';
import type { NotifyTables } from './tables.js';

/** Forgets older notifications whose outcome is known. The newest one stays, so that its number is never given out again. */
export function notificationSweep(keepMs: number): Sweep {
  return {
    history: 'notifications',
    keepMs,
    async delete(transaction, before, atMost) {
      const tables = transaction.tables<NotifyTables>();
      const deleted = await tables
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
        .returning(['id', 'alert_ids'])
        .execute();
      await forgetAlertsOf(tables, deleted);
      return deleted.length;
    },
  };
}

/** Alerts of one statement. */
const alertsAtOnce = 500;

async function forgetAlertsOf(
  tables: Kysely<NotifyTables>,
  notifications: readonly { readonly id: number; readonly alert_ids: string }[],
): Promise<void> {
  const ids = notifications.map(({ id }) => id);
  const alertIds = [...new Set(notifications.flatMap((row) => JSON.parse(row.alert_ids) as string[]))];
  for (let i = 0; i < alertIds.length; i += alertsAtOnce)
    await tables
      .deleteFrom('notification_alert')
      .where('alert_id', 'in', alertIds.slice(i, i + alertsAtOnce))
      .where('notification_id', 'in', ids)
      .execute();
}

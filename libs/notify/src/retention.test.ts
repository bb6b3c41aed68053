import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from './outbox/outbox.js';
import { notificationSweep } from './retention.js';
import { notifyMigrations, type NotificationRow, type NotifyTables } from './tables.js';

const day = 86_400_000;
const now = Date.UTC(2026, 6, 1);

describe('notificationSweep', () => {
  let database: Database;

  beforeEach(async () => {
    database = await openTestDatabase(notifyMigrations);
  });
  afterEach(() => database.close());

  const write = async (
    id: number,
    daysAgo: number,
    outcome: NotificationRow['outcome'],
    alertIds: readonly string[] = [],
  ): Promise<void> => {
    await database
      .tables<NotifyTables>()
      .insertInto('notification')
      .values({
        id,
        idempotency_key: `key/${id}`,
        at: now - daysAgo * day,
        channel: 'ops',
        group_key: 'g',
        alert_ids: JSON.stringify(alertIds),
        payload: '{}',
        outcome,
        reason: null,
        attempts: 1,
        next_attempt_at: now,
        latency_ms: null,
      })
      .execute();
    for (const alertId of alertIds)
      await database
        .tables<NotifyTables>()
        .insertInto('notification_alert')
        .values({ alert_id: alertId, notification_id: id })
        .execute();
  };
  const sweep = (atMost = 100): Promise<number> =>
    database.transaction((transaction) => notificationSweep(30 * day).delete(transaction, now - 30 * day, atMost));
  const left = async (): Promise<readonly number[]> =>
    (await database.tables<NotifyTables>().selectFrom('notification').select('id').orderBy('id').execute()).map(
      ({ id }) => id,
    );

  it('forgets old ones whose outcome is known, and none that is on its way', async () => {
    await write(1, 40, 'sent');
    await write(2, 40, 'retrying');
    await write(3, 40, 'dead');
    await write(4, 40, 'not_sent');
    await write(5, 20, 'sent');
    expect([await sweep(2), await sweep(2), await sweep(2)]).toEqual([2, 1, 0]);
    expect(await left()).toEqual([2, 5]);
  });

  it('forgets with them whom they were about', async () => {
    await write(1, 40, 'sent', ['a', 'b']);
    await write(2, 20, 'sent', ['b']);
    await sweep();
    const rows = await database.tables<NotifyTables>().selectFrom('notification_alert').selectAll().execute();
    expect(rows).toEqual([{ alert_id: 'b', notification_id: 2 }]);
  });

  it('never gives a number out again', async () => {
    await write(7, 40, 'sent');
    await write(8, 40, 'sent');
    await sweep();
    expect(await left()).toEqual([8]);
    expect(await new Outbox(database).lastId()).toBe(8);
  });
});

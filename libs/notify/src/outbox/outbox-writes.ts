import type { Kysely } from 'kysely';
import type { NotSent } from './not-sent.js';
import type { Attempt, Flush, Outgoing } from './outgoing.js';
import { payloadOf } from './payload.js';
import type { NotificationRow, NotifyTables } from '../tables.js';

/** What one flush decided, or what became of one attempt. */
export type OutboxWrite = { readonly flush: Flush } | { readonly id: number; readonly attempt: Attempt };

/** A statement takes so many parameters and no more. */
const rowsAtOnce = 500;

/** Writes many at once, in few statements; later ones win over earlier ones of the same group or notification. */
export async function writeOutbox(tables: Kysely<NotifyTables>, writes: readonly OutboxWrite[]): Promise<void> {
  const flushes = writes.flatMap((write) => ('flush' in write ? [write.flush] : []));
  await writeLog(tables, flushes);
  for (const some of inChunks(flushes.flatMap(({ outgoing }) => outgoing.map(rowOf))))
    await tables.insertInto('notification').values(some).execute();
  await writeAlertsOf(
    tables,
    flushes.flatMap(({ outgoing }) =>
      outgoing.map(({ id, notification }) => ({ id, alertIds: notification.alerts.map((alert) => alert.id) })),
    ),
  );
  await writeNotSent(
    tables,
    flushes.flatMap(({ notSent }) => notSent),
  );
  for (const write of writes) if ('attempt' in write) await writeAttempt(tables, write);
}

async function writeNotSent(tables: Kysely<NotifyTables>, notSent: readonly NotSent[]): Promise<void> {
  for (const some of inChunks(notSent)) {
    const written = await tables
      .insertInto('notification')
      .values(some.map(notSentRow))
      // Noted before a restart already.
      .onConflict((conflict) => conflict.column('idempotency_key').doNothing())
      .returning('id')
      .execute();
    const isNew = new Set(written.map(({ id }) => id));
    await writeAlertsOf(
      tables,
      some.filter(({ id }) => isNew.has(id)),
    );
  }
}

async function writeAlertsOf(
  tables: Kysely<NotifyTables>,
  notifications: readonly { readonly id: number; readonly alertIds: readonly string[] }[],
): Promise<void> {
  const rows = notifications.flatMap(({ id, alertIds }) =>
    alertIds.map((alertId) => ({ alert_id: alertId, notification_id: id })),
  );
  for (const some of inChunks(rows)) await tables.insertInto('notification_alert').values(some).execute();
}

async function writeLog(tables: Kysely<NotifyTables>, flushes: readonly Flush[]): Promise<void> {
  const newest = new Map(
    flushes.flatMap((flush) =>
      flush.entries.map(({ channel, entry }) => [
        `${channel}\u0000${flush.groupKey}`,
        {
          group_key: flush.groupKey,
          channel,
          receiver: flush.receiver,
          group_labels: JSON.stringify(flush.groupLabels),
          flush: entry.flush,
          firing: JSON.stringify([...entry.firing]),
          resolved: JSON.stringify([...entry.resolved]),
          at: entry.at,
        },
      ]),
    ),
  );
  for (const some of inChunks([...newest.values()]))
    await tables
      .insertInto('notification_log')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['group_key', 'channel']).doUpdateSet((row) => ({
          flush: row.ref('excluded.flush'),
          firing: row.ref('excluded.firing'),
          resolved: row.ref('excluded.resolved'),
          at: row.ref('excluded.at'),
        })),
      )
      .execute();
}

async function writeAttempt(
  tables: Kysely<NotifyTables>,
  { id, attempt }: { readonly id: number; readonly attempt: Attempt },
): Promise<void> {
  await tables
    .updateTable('notification')
    .set({
      outcome: attempt.outcome,
      reason: attempt.reason ?? null,
      attempts: attempt.attempts,
      next_attempt_at: attempt.nextAttemptAt,
      latency_ms: attempt.latencyMs,
    })
    .where('id', '=', id)
    .execute();
}

function* inChunks<T>(list: readonly T[]): Iterable<readonly T[]> {
  for (let i = 0; i < list.length; i += rowsAtOnce) yield list.slice(i, i + rowsAtOnce);
}

/** A notification on its way, as it is kept. */
export function rowOf({ id, channel, notification, attempts, nextAttemptAt }: Outgoing): NotificationRow {
  return {
    id,
    idempotency_key: notification.idempotencyKey,
    at: notification.at,
    channel,
    group_key: notification.groupKey,
    alert_ids: JSON.stringify(notification.alerts.map((alert) => alert.id)),
    queued_at: null,
    payload: payloadOf(notification),
    outcome: 'retrying',
    reason: null,
    attempts,
    next_attempt_at: nextAttemptAt,
    latency_ms: null,
  };
}

function notSentRow({ id, at, channel, groupKey, alertIds, reason, idempotencyKey }: NotSent): NotificationRow {
  return {
    id,
    idempotency_key: idempotencyKey,
    at,
    channel,
    group_key: groupKey,
    alert_ids: JSON.stringify(alertIds),
    queued_at: null,
    payload: '',
    outcome: 'not_sent',
    reason,
    attempts: 0,
    next_attempt_at: at,
    latency_ms: null,
  };
}

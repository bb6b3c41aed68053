import type { Database } from '@tapewatch/database';
import {
  accepted,
  beforeNumber,
  numberedPage,
  type CommandResult,
  type NotificationOutcome,
  type Page,
  type PageRequest,
} from '@tapewatch/model';
import { wordsOf } from '../messages/words-of.js';
import type { NotificationRow, NotifyTables } from '../tables.js';
import { outgoingOf } from './outbox.js';
import type { Outgoing } from './outgoing.js';
import { readPayload, type Payload } from './payload.js';

/** One row of the ledger: a notification, or that there was none, and why. */
export interface NotificationView {
  readonly id: string;
  readonly at: number;
  readonly channel: string;
  readonly alertIds: readonly string[];
  readonly outcome: NotificationOutcome;
  readonly reason?: string;
  readonly attempts: number;
  readonly latencyMs?: number;
  readonly idempotencyKey: string;
  /** What it says in words; absent for what was never put into words. */
  readonly text?: string;
}

/** Every notification, and everything of which there was none; reads beside the outbox, and puts dead letters back into it. */
export class Ledger {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Newest first. */
  async page(
    request: PageRequest & { readonly alert?: string; readonly outcome?: NotificationOutcome },
  ): Promise<CommandResult<Page<NotificationView>>> {
    const before = beforeNumber(request);
    if (!before.ok) return before;
    let query = this.tables.selectFrom('notification').selectAll().where('id', '<', before.value);
    if (request.outcome !== undefined) query = query.where('outcome', '=', request.outcome);
    const { alert } = request;
    if (alert !== undefined)
      query = query.where('id', 'in', (of) =>
        of.selectFrom('notification_alert').select('notification_id').where('alert_id', '=', alert),
      );
    const rows = await query
      .orderBy('id', 'desc')
      .limit(request.first + 1)
      .execute();
    return accepted(numberedPage(rows, request.first, (row) => ({ number: row.id, node: viewOf(row) })));
  }

  async find(id: string): Promise<NotificationView | undefined> {
    if (!/^\d{1,15}$/.test(id)) return undefined;
    const row = await this.tables
      .selectFrom('notification')
      .selectAll()
      .where('id', '=', Number(id))
      .executeTakeFirst();
    return row === undefined ? undefined : viewOf(row);
  }

  /** Oldest first. */
  async deadLetters(channel: string): Promise<readonly number[]> {
    const rows = await this.tables
      .selectFrom('notification')
      .select('id')
      .where('outcome', '=', 'dead')
      .where('channel', '=', channel)
      .orderBy('id')
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Makes dead letters wait again, as if they had just been written; gives those that were dead. */
  async revive(ids: readonly number[], now: number): Promise<readonly Outgoing[]> {
    const revived: NotificationRow[] = [];
    for (let i = 0; i < ids.length; i += idsAtOnce) {
      const rows = await this.tables
        .updateTable('notification')
        .set({ outcome: 'retrying', queued_at: now, next_attempt_at: now })
        .where('id', 'in', ids.slice(i, i + idsAtOnce))
        .where('outcome', '=', 'dead')
        .returningAll()
        .execute();
      revived.push(...rows);
    }
    return revived.sort((a, b) => a.id - b.id).map(outgoingOf);
  }

  private get tables() {
    return this.#database.tables<NotifyTables>();
  }
}

const idsAtOnce = 500;

function viewOf(row: NotificationRow): NotificationView {
  const text = textOf(row.payload);
  return {
    id: String(row.id),
    at: row.at,
    channel: row.channel,
    alertIds: JSON.parse(row.alert_ids) as string[],
    outcome: row.outcome,
    attempts: row.attempts,
    idempotencyKey: row.idempotency_key,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.latency_ms === null ? {} : { latencyMs: row.latency_ms }),
    ...(text === undefined ? {} : { text }),
  };
}

function textOf(payload: Payload): string | undefined {
  const notification = readPayload(payload);
  if (notification === undefined) return undefined;
  const { title, text } = wordsOf(notification);
  return text === '' ? title : `${title}\n${text}`;
}

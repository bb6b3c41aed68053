import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@tapewatch/database';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { notifyMigrations, type NotifyTables } from './tables.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapewatch-notify-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('finds which alerts older notifications were about', async () => {
  const path = join(folder, 'state.db');
  const before = await openDatabase({
    path,
    migrations: notifyMigrations.filter(({ name }) => !name.endsWith('-by-alert')),
  });
  const row = {
    ...{ at: 1, channel: 'ops', group_key: 'g', payload: '{}', outcome: 'sent' as const, reason: null },
    ...{ attempts: 1, next_attempt_at: 1, latency_ms: 1 },
  };
  await before
    .tables<NotifyTables>()
    .insertInto('notification')
    .values([
      { ...row, id: 1, idempotency_key: 'a', alert_ids: '["x","y"]' },
      { ...row, id: 2, idempotency_key: 'b', alert_ids: '["y"]' },
      { ...row, id: 3, idempotency_key: 'c', alert_ids: '[]' },
    ])
    .execute();
  await before.close();

  const after = await openDatabase({ path, migrations: notifyMigrations });
  const rows = await after.tables<NotifyTables>().selectFrom('notification_alert').selectAll().execute();
  await after.close();
  expect(rows).toEqual([
    { alert_id: 'x', notification_id: 1 },
    { alert_id: 'y', notification_id: 1 },
    { alert_id: 'y', notification_id: 2 },
  ]);
});

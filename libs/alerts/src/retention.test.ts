import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import { Labels } from '@tapewatch/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AlertHistory } from './alert-history.js';
import { alertSweep } from './retention.js';
import { alertMigrations } from './tables.js';
import type { TrackedAlert } from './tracked-alert.js';

const day = 86_400_000;
const now = Date.UTC(2026, 6, 1);

function tracked(id: string, endedDaysAgo: number | undefined, held = false): TrackedAlert {
  const startsAt = now - 200 * day;
  return {
    held,
    alert: {
      id,
      fingerprint: id,
      rule: { group: 'g', name: id },
      name: id,
      state: endedDaysAgo === undefined ? 'firing' : 'resolved',
      labels: Labels.of({ alertname: id }),
      annotations: {},
      value: 1,
      startsAt,
      firedAt: startsAt,
      ...(endedDaysAgo === undefined ? {} : { endsAt: now - endedDaysAgo * day }),
    },
  };
}

describe('alertSweep', () => {
  let database: Database;
  let history: AlertHistory;

  beforeEach(async () => {
    database = await openTestDatabase(alertMigrations);
    history = new AlertHistory(database);
  });
  afterEach(() => database.close());

  const write = (...alerts: readonly TrackedAlert[]): Promise<unknown> =>
    database.transaction((transaction) =>
      history.write(
        transaction,
        alerts,
        alerts.flatMap(({ alert }) => [
          { at: alert.startsAt, kind: 'firing' as const, alert_id: alert.id, state: 'firing' as const },
          { at: now, kind: 'resolved' as const, alert_id: alert.id, state: 'resolved' as const },
        ]),
      ),
    );
  const sweep = (atMost = 100): Promise<number> =>
    database.transaction((transaction) => alertSweep(90 * day).delete(transaction, now - 90 * day, atMost));

  it('forgets what has been over for longer, with its events, and nothing that is under way or held', async () => {
    await write(tracked('old', 91), tracked('young', 89), tracked('firing', undefined), tracked('held', 95, true));
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    const left = await history.page({ matchers: [] }, 100);
    expect(left.map(({ id }) => id).sort()).toEqual(['firing', 'held', 'young']);
    expect(await history.eventsOf('old', 10)).toEqual([]);
    expect(await history.eventsOf('young', 10)).toHaveLength(2);
    expect(await history.figures()).toMatchObject({ total: 3 });
  });

  it('goes in steps', async () => {
    await write(...Array.from({ length: 7 }, (_, i) => tracked(`old${i}`, 100 + i)));
    expect([await sweep(3), await sweep(3), await sweep(3), await sweep(3)]).toEqual([3, 3, 1, 0]);
  });

  it('gives no cursor out again, and knows the newest one that was given out', async () => {
    await write(tracked('old', 91));
    const head = await history.head();
    await sweep();
    expect(await history.head()).toBe(head);
    await write(tracked('young', 1));
    expect((await history.since(head, 10)).map(({ cursor }) => cursor)).toEqual([head + 1, head + 2]);
  });
});

import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import type { HealthStatus } from '@tapewatch/model';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthHistory } from './health-history.js';
import { healthSweep } from './retention.js';
import { healthMigrations } from './tables.js';

const day = 86_400_000;
const now = Date.UTC(2026, 6, 1);

describe('healthSweep', () => {
  let database: Database;
  let history: HealthHistory;

  beforeEach(async () => {
    database = await openTestDatabase(healthMigrations);
    history = new HealthHistory(database);
  });
  afterEach(() => database.close());

  const write = (component: string, daysAgo: number, status: HealthStatus): Promise<unknown> =>
    history.write([
      { at: now - daysAgo * day, component, previous: null, status, response_time_ms: null, summary: null },
    ]);
  const sweep = (atMost = 1_000): Promise<number> =>
    database.transaction((transaction) => healthSweep(90 * day).delete(transaction, now - 90 * day, atMost));
  const left = async (component: string): Promise<readonly number[]> => {
    const page = await history.page({ component, first: 100 });
    return page.ok ? page.value.items.map(({ node }) => (now - node.at) / day) : [];
  };

  it('forgets older changes but for the one with which the kept time begins', async () => {
    for (const [daysAgo, status] of [
      [300, 'healthy'],
      [200, 'unhealthy'],
      [100, 'healthy'],
      [50, 'unhealthy'],
      [49, 'healthy'],
    ] as const)
      await write('feed', daysAgo, status);
    const before = await history.uptimeRatio('feed', now - 90 * day, now);
    expect(await sweep()).toBe(2);
    expect(await left('feed')).toEqual([49, 50, 100]);
    expect(await history.uptimeRatio('feed', now - 90 * day, now)).toBe(before);
  });

  it('never forgets the newest of a component', async () => {
    await write('quiet', 400, 'healthy');
    await write('gone', 500, 'healthy');
    await write('gone', 300, 'unhealthy');
    expect(await sweep()).toBe(1);
    expect((await history.newest()).map(({ component }) => component).sort()).toEqual(['gone', 'quiet']);
    expect(await left('gone')).toEqual([300]);
  });

  it('changes no uptime of the time that is kept, and no newest status, whatever there was', async () => {
    const change = fc.record({
      component: fc.constantFrom('a', 'b'),
      daysAgo: fc.integer({ min: 0, max: 200 }),
      status: fc.constantFrom<HealthStatus>('healthy', 'degraded', 'unhealthy', 'unknown'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 15 }), async (changes) => {
        await database.tables<{ health_event: object }>().deleteFrom('health_event').execute();
        for (const { component, daysAgo, status } of [...changes].sort((a, b) => b.daysAgo - a.daysAgo))
          await write(component, daysAgo, status);
        const facts = async (): Promise<unknown> => [
          await history.newest(),
          await history.uptimeRatio('a', now - 90 * day, now),
          await history.uptimeRatio('b', now - 90 * day, now),
        ];
        const before = await facts();
        while ((await sweep(2)) > 0);
        expect(await facts()).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });
});

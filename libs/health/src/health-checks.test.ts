import { createNoopMeter } from '@opentelemetry/api';
import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import type { HealthEvent } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { healthy, unhealthy, type CheckResult } from '@tapewatch/plugin-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HealthChecks, healthMigrations, type Check } from './index.js';

class FakeCheck implements Check {
  readonly plugin = 'fake';
  readonly intervalMs = 15_000;
  readonly timeoutMs = 5_000;
  runs = 0;
  running = 0;
  mostAtOnce = 0;
  answer: () => CheckResult | Promise<CheckResult> = () => healthy('fine');

  constructor(readonly name: string) {}

  async run(): ReturnType<Check['run']> {
    this.runs++;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.running);
    try {
      return { ok: true, value: await this.answer() };
    } catch (thrown) {
      return { ok: false, failure: { reason: 'threw', message: (thrown as Error).message } };
    } finally {
      this.running--;
    }
  }
}

describe('HealthChecks', () => {
  let database: Database;
  let clock: FakeClock;
  let events: HealthEvent[];
  let check: FakeCheck;
  const open: HealthChecks[] = [];

  const start = async (...checks: FakeCheck[]): Promise<HealthChecks> => {
    const health = new HealthChecks({
      checks: checks.length === 0 ? [check] : checks,
      database,
      publish: (event) => void events.push(event),
      clock,
      logger: new RecordingLogger(),
      meter: createNoopMeter(),
    });
    open.push(health);
    await health.start();
    await clock.advance(1);
    return health;
  };
  const until = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 5_000, interval: 2 });
  const statuses = (): string[] => events.map(({ previous, status }) => `${previous ?? 'none'}>${status}`);

  beforeEach(async () => {
    database = await openTestDatabase(healthMigrations);
    clock = new FakeClock();
    events = [];
    check = new FakeCheck('api');
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((health) => health.stop()));
    await database.close();
  });

  it('looks at once, then on its interval', async () => {
    const health = await start();
    expect(check.runs).toBe(1);
    expect(health.summary()).toMatchObject({
      status: 'healthy',
      components: [{ name: 'api', status: 'healthy', summary: 'fine' }],
    });
    await clock.advance(14_998);
    expect(check.runs).toBe(1);
    await clock.advance(2);
    expect(check.runs).toBe(2);
    await clock.advance(60_000);
    expect(check.runs).toBe(6);
  });

  it('believes a failure only when it is still there two seconds later', async () => {
    const health = await start();
    check.answer = () => (check.runs === 2 ? unhealthy('down') : healthy());
    await clock.advance(15_000);
    expect(health.summary().status).toBe('healthy');
    await clock.advance(5_000);
    expect([check.runs, health.summary().status]).toEqual([3, 'healthy']);
    check.answer = () => unhealthy('down');
    await clock.advance(10_000);
    await clock.advance(1_998);
    expect(health.summary().status).toBe('healthy');
    await clock.advance(10);
    expect(health.summary()).toMatchObject({
      status: 'unhealthy',
      components: [{ summary: 'down', since: clock.now() - 9 }],
    });
    await until(() => expect(statuses()).toEqual(['none>healthy', 'healthy>unhealthy']));
  });

  it('believes at once that a thing is well again', async () => {
    check.answer = () => unhealthy('down');
    const health = await start();
    await clock.advance(3_000);
    expect(health.summary().status).toBe('unhealthy');
    check.answer = () => healthy();
    await clock.advance(12_000);
    expect(health.summary().status).toBe('healthy');
  });

  it('calls a broken check unknown, not down, and records it', async () => {
    check.answer = () => {
      throw new Error('bug');
    };
    const health = await start();
    await clock.advance(3_000);
    expect(health.summary()).toMatchObject({
      status: 'degraded',
      components: [{ status: 'unknown', summary: 'the check is broken: bug' }],
    });
    await until(() => expect(statuses()).toEqual(['none>unknown']));
  });

  it('never runs a check twice at a time', async () => {
    const releases: (() => void)[] = [];
    check.answer = () => new Promise((resolve) => releases.push(() => resolve(healthy())));
    const health = await start();
    const byHand = health.runNow('api');
    await clock.advance(40_000);
    expect([check.mostAtOnce, check.runs]).toEqual([1, 1]);
    for (const release of releases) release();
    expect(await byHand).toMatchObject({ ok: true, value: { status: 'healthy' } });
  });

  it('goes on after a restart where it was: the same status is no change', async () => {
    check.answer = () => unhealthy('down');
    await start();
    await clock.advance(3_000);
    await until(() => expect(events).toHaveLength(1));
    const since = events[0]?.at;
    await clock.advance(60_000);
    const second = await start();
    expect(second.summary().components[0]).toMatchObject({ status: 'unhealthy', since });
    check.answer = () => healthy();
    await clock.advance(15_000);
    await until(() => expect(statuses()).toContain('unhealthy>healthy'));
  });

  it('counts unknown as degraded, and the worst for the whole', async () => {
    const [a, b] = [new FakeCheck('a'), new FakeCheck('b')];
    a.answer = () => ({ status: 'unknown' });
    const health = await start(a, b);
    await clock.advance(3_000);
    expect(health.summary().status).toBe('degraded');
    b.answer = () => unhealthy();
    await clock.advance(20_000);
    expect(health.summary().status).toBe('unhealthy');
  });

  it('pages through history, newest first, by component and time', async () => {
    const health = await start();
    for (let i = 0; i < 6; i++) {
      check.answer = i % 2 === 0 ? () => unhealthy() : () => healthy();
      await clock.advance(18_000);
      await until(() => expect(events).toHaveLength(i + 2));
    }
    const first = await health.history.page({ first: 4 });
    if (!first.ok) throw new Error(first.refusal.message);
    expect([first.value.items.length, first.value.hasNextPage]).toEqual([4, true]);
    const after = first.value.items.at(-1)?.cursor ?? '';
    const rest = await health.history.page({ first: 4, after });
    if (!rest.ok) throw new Error(rest.refusal.message);
    const all = [...first.value.items, ...rest.value.items].map(({ node }) => node);
    expect(all).toEqual([...events].reverse());
    expect(await health.history.page({ first: 5, component: 'nope' })).toMatchObject({
      ok: true,
      value: { items: [] },
    });
    expect(await health.history.page({ first: 5, after: 'x' })).toMatchObject({
      ok: false,
      refusal: { path: 'after' },
    });
  });

  it('tells the share of time that a component worked, without the time nobody knows of', async () => {
    const health = await start();
    const begin = clock.now() - 1;
    await clock.advance(15_000 - 1);
    check.answer = () => unhealthy();
    await clock.advance(18_000);
    await until(() => expect(events).toHaveLength(2));
    const down = events[1]?.at ?? 0;
    check.answer = () => healthy();
    await clock.advance(15_000);
    await until(() => expect(events).toHaveLength(3));
    const up = events[2]?.at ?? 0;
    const ratio = await health.history.uptimeRatio('api', begin - 100_000, up + 20_000);
    expect(ratio).toBeCloseTo((down - begin - 1 + 20_000) / (up + 20_000 - begin - 1), 2);
    expect(await health.history.uptimeRatio('nope', 0, up)).toBeUndefined();
  });

  it('names the components when asked for one that is not there', async () => {
    const health = await start();
    expect(await health.runNow('nope')).toMatchObject({
      ok: false,
      refusal: { code: 'NOT_FOUND', message: expect.stringContaining('api') as string },
    });
  });

  it('reads back the changes of a stretch of time, and what held when it began', async () => {
    const health = await start();
    const change = (at: number, component: string, status: HealthEvent['status']) => ({
      at,
      component,
      previous: null,
      status,
      response_time_ms: null,
      summary: null,
    });
    await health.history.write([
      change(10, 'a', 'healthy'),
      change(20, 'a', 'unhealthy'),
      change(30, 'b', 'healthy'),
      change(40, 'a', 'healthy'),
      change(50, 'a', 'degraded'),
    ]);
    const read = async (from: number, to: number): Promise<string[]> =>
      (await health.history.changesBetween(from, to)).map(
        ({ at, component, status }) => `${at} ${component} ${status}`,
      );
    expect(await read(20, 50)).toEqual(['20 a unhealthy', '30 b healthy', '40 a healthy']);
    expect(await read(45, 60)).toEqual(['30 b healthy', '40 a healthy', '50 a degraded']);
    expect(await read(0, 10)).toEqual([]);
  });
});

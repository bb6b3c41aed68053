import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Reports,
  reportMigrations,
  reportSweep,
  type ReportEvent,
  type ReportMessage,
  type ScheduledReport,
} from './index.js';
import { busySources } from './testing/busy-day.js';
import { SampledMetrics } from './testing/sampled-metrics.js';

const day = 86_400_000;
const hour = 3_600_000;
const daily: ScheduledReport = { kind: 'daily', cron: '5 0 * * *', zone: 'UTC', receivers: [], language: 'en' };

describe('Reports', () => {
  let database: Database;
  let clock: FakeClock;
  let logger: RecordingLogger;
  let published: ReportEvent[];
  let told: { receiver: string; message: ReportMessage }[];
  let fails: Error | undefined;
  const open: Reports[] = [];

  const create = (...scheduled: readonly ScheduledReport[]): Reports => {
    const reports = new Reports({
      database,
      sources: { ...busySources(), metrics: new SampledMetrics() },
      scheduled,
      delivery: {
        tell: (receiver, message) => {
          if (fails !== undefined) return Promise.reject(fails);
          told.push({ receiver, message });
          return Promise.resolve();
        },
      },
      publish: (event) => void published.push(event),
      externalUrl: () => 'http://tapewatch.test',
      clock,
      random: Math.random,
      logger,
    });
    open.push(reports);
    return reports;
  };
  /** The disk is real, so it takes a moment of real time. */
  const until = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 5_000, interval: 2 });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += hour) {
      await clock.advance(Math.min(hour, ms - passed));
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
  };
  /** When the reports were due: the disk is slower than the fake clock, so that they may have been made later. */
  const dues = async (): Promise<string[]> => {
    const rows = await database
      .tables<{ report: { cursor: number; due_at: number } }>()
      .selectFrom('report')
      .select('due_at')
      .orderBy('cursor')
      .execute();
    return rows.map(({ due_at: at }) => new Date(at).toISOString());
  };
  const days = (): string[] => published.map(({ report }) => new Date(report.from).toISOString().slice(0, 10));

  beforeEach(async () => {
    database = await openTestDatabase(reportMigrations);
    clock = new FakeClock(Date.UTC(2026, 10, 25, 12));
    logger = new RecordingLogger();
    published = [];
    told = [];
    fails = undefined;
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((reports) => reports.stop()));
    await database.close();
  });

  describe('on demand', () => {
    it('makes a report of the last whole day, keeps it, and tells that it is there', async () => {
      const reports = create();
      const made = await reports.generate({ kind: 'daily' });
      if (!made.ok) throw new Error(made.refusal.message);
      expect(made.value).toMatchObject({
        id: expect.stringMatching(/^daily-2026-11-24-[a-z0-9]{8}$/) as string,
        from: Date.UTC(2026, 10, 24),
        to: Date.UTC(2026, 10, 25),
        createdAt: clock.now(),
      });
      expect(published).toEqual([{ cursor: 1, at: clock.now(), report: made.value }]);
      expect(await reports.find(made.value.id)).toEqual(made.value);
      expect(await reports.data(made.value.id)).toMatchObject({ version: 1, fromMs: made.value.from });
      expect(await reports.rendered(made.value.id, 'markdown')).toContain('# Daily report, 2026-11-24');
      expect(await reports.rendered(made.value.id, 'html', 'ko')).toContain('일일 보고서');
      expect(await reports.rendered('nope', 'html')).toBeUndefined();
    });

    it('is read back by pages, newest first, and by events, oldest first', async () => {
      const reports = create();
      for (let i = 1; i <= 3; i++) await reports.generate({ kind: 'daily', from: clock.now() - i * day });
      const first = await reports.page({ first: 2, kind: 'daily' });
      if (!first.ok) throw new Error(first.refusal.message);
      expect(first.value.items.map(({ cursor }) => cursor)).toEqual(['3', '2']);
      expect(first.value.hasNextPage).toBe(true);
      const second = await reports.page({ first: 2, after: '2' });
      expect(second).toMatchObject({ value: { items: [{ cursor: '1' }], hasNextPage: false } });
      expect(await reports.page({ first: 2, kind: 'risk' })).toMatchObject({ value: { items: [] } });
      expect(await reports.page({ first: 2, after: 'x' })).toMatchObject({ ok: false });
      expect(await reports.events.since(1, 10)).toEqual(published.slice(1));
      expect(await reports.events.head()).toBe(3);
    });

    it('refuses what needs a portfolio, and ranges that make no sense', async () => {
      const reports = create();
      for (const kind of ['performance', 'risk'] as const)
        expect(await reports.generate({ kind })).toMatchObject({
          refusal: { code: 'INVALID_INPUT', path: 'kind', message: expect.stringContaining('portfolio') as string },
        });
      expect(await reports.generate({ kind: 'daily', from: clock.now() + 1 })).toMatchObject({ ok: false });
      expect(published).toEqual([]);
    });

    it('says so when it cannot be made, and makes the next one', async () => {
      const reports = create();
      const tables = database.tables.bind(database);
      database.tables = () => {
        throw new Error('disk full');
      };
      expect(await reports.generate({ kind: 'daily' })).toMatchObject({
        refusal: { code: 'UNAVAILABLE', message: expect.stringContaining('disk full') as string },
      });
      database.tables = tables;
      expect(await reports.generate({ kind: 'daily' })).toMatchObject({ ok: true });
    });

    it('makes one at a time, and refuses more than can wait', async () => {
      const reports = create();
      const results = await Promise.all(Array.from({ length: 12 }, () => reports.generate({ kind: 'daily' })));
      expect(results.filter(({ ok }) => ok)).toHaveLength(8);
      expect(results.at(-1)).toMatchObject({ refusal: { code: 'UNAVAILABLE' } });
      expect(published.map(({ cursor }) => cursor)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });
  });

  it('forgets what is past its retention, but for the newest of each schedule', async () => {
    const reports = create(daily);
    await reports.start();
    await reports.generate({ kind: 'daily' });
    await pass(2 * day);
    await until(() => expect(published).toHaveLength(3));
    await reports.generate({ kind: 'daily' });
    const { delete: sweep } = reportSweep(0);
    const left = async (): Promise<number[]> => (await reports.events.since(0, 10)).map(({ cursor }) => cursor);
    expect(await database.transaction((transaction) => sweep(transaction, clock.now(), 1))).toBe(1);
    expect(await left()).toEqual([2, 3, 4]);
    expect(await database.transaction((transaction) => sweep(transaction, clock.now(), 10))).toBe(1);
    // The fourth was made just now.
    expect(await left()).toEqual([3, 4]);
  });

  describe('on schedule', () => {
    it('makes nothing for the time before it was known, then one a day', async () => {
      await create(daily).start();
      await pass(11 * hour);
      expect(days()).toEqual([]);
      await pass(day + 2 * hour);
      await until(() => expect(days()).toEqual(['2026-11-25', '2026-11-26']));
      expect(await dues()).toEqual(['2026-11-26T00:05:00.000Z', '2026-11-27T00:05:00.000Z']);
      expect(told).toEqual([]);
    });

    it('makes what was missed while the program was down, once and the newest alone', async () => {
      const first = create(daily);
      await first.start();
      await first.stop();
      clock.jump(3 * day);
      const second = create(daily);
      await second.start();
      await until(() => expect(days()).toEqual(['2026-11-27']));
      await second.stop();
      await create(daily).start();
      await pass(hour);
      expect(days()).toEqual(['2026-11-27']);
    });

    it('takes a changed schedule for a new one', async () => {
      const first = create(daily);
      await first.start();
      await first.stop();
      clock.jump(3 * day);
      await create({ ...daily, cron: '10 0 * * *' }).start();
      await pass(hour);
      expect(days()).toEqual([]);
    });

    it('comes in time although the wall clock jumps', async () => {
      await create(daily).start();
      await pass(hour);
      clock.jump(day);
      await pass(hour);
      await until(() => expect(days()).toEqual(['2026-11-25']));
    });

    it('keeps to its zone, also on the day that has 25 hours', async () => {
      clock = new FakeClock(Date.UTC(2026, 9, 24, 12));
      await create({ ...daily, cron: '30 2 * * *', zone: 'Europe/Berlin' }).start();
      await pass(2 * day);
      await until(() => expect(published).toHaveLength(2));
      expect(await dues()).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
    });

    it('is told to its receivers, in its language, with all of its forms', async () => {
      await create({ ...daily, receivers: ['ops', 'desk'], language: 'ko' }).start();
      await pass(13 * hour);
      await until(() => expect(told.map(({ receiver }) => receiver)).toEqual(['ops', 'desk']));
      const { id } = (published[0] as ReportEvent).report;
      expect(told[0]?.message).toMatchObject({
        id,
        title: '일일 보고서, 2026-11-25',
        url: `http://tapewatch.test/reports/${id}`,
        html: expect.stringContaining('<!doctype html>') as string,
        markdown: expect.stringContaining('# 일일 보고서') as string,
      });
      expect(told[0]?.message.text.split('\n')).toHaveLength(5);
    });

    it('is told later when nobody could be told, also after a restart, and is not made again', async () => {
      const scheduled = { ...daily, receivers: ['ops'] };
      fails = new Error('disk full');
      const first = create(scheduled);
      await first.start();
      await pass(13 * hour);
      await until(() => expect(published).toHaveLength(1));
      await until(() => expect(logger.lines.length).toBeGreaterThan(1));
      await first.stop();
      fails = undefined;
      await create(scheduled).start();
      await until(() => expect(told).toHaveLength(1));
      await pass(hour);
      expect([told.length, published.length]).toEqual([1, 1]);
    });
  });
});

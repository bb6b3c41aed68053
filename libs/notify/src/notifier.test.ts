import { createNoopMeter } from '@opentelemetry/api';
import type { RouteConfig } from '@tapewatch/config';
import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import { Labels, type Alert } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { sent } from '@tapewatch/plugin-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Notifier, notifyMigrations } from './index.js';
import { alert, FakeChannel, heard, resolved } from './testing/notifier-bench.js';

describe('Notifier', () => {
  let database: Database;
  let clock: FakeClock;
  let channels: [FakeChannel, FakeChannel];
  const open: Notifier[] = [];

  const create = (route: Partial<RouteConfig> = {}): Notifier => {
    const notifier = new Notifier({
      database,
      route: { receiver: 'ops', matchers: [], continue: false, routes: [], ...route },
      receivers: [{ name: 'ops', channels }],
      notificationsKeptMs: 30 * 86_400_000,
      externalUrl: () => 'http://tapewatch.test',
      clock,
      random: () => 0.5,
      logger: new RecordingLogger(),
      meter: createNoopMeter(),
    });
    open.push(notifier);
    return notifier;
  };
  const started = async (
    route: Partial<RouteConfig> = {},
    active: readonly Alert[] = [],
    past: readonly Alert[] = [],
  ): Promise<Notifier> => {
    const notifier = create(route);
    await notifier.start(active, (id) => Promise.resolve(past.find((one) => one.id === id)));
    return notifier;
  };
  /** The disk is real, so it takes a moment of real time. */
  const until = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 5_000, interval: 2 });
  const told = (channel: FakeChannel, ...wanted: string[]): Promise<void> =>
    until(() => expect(heard(channel)).toEqual(wanted));
  /** Whatever would be told within the time has been told. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      await clock.advance(Math.min(1_000, ms - passed));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };

  beforeEach(async () => {
    database = await openTestDatabase(notifyMigrations);
    clock = new FakeClock();
    channels = [new FakeChannel('one'), new FakeChannel('two', false)];
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((notifier) => notifier.stop()));
    await database.close();
  });

  it('tells every channel of the receiver at once, and the end to those that want it', async () => {
    const notifier = await started();
    const a = alert();
    notifier.dispatch([a]);
    await told(channels[0], `firing:${a.id}`);
    await told(channels[1], `firing:${a.id}`);
    await pass(2_000);
    notifier.dispatch([resolved(a, clock.now())]);
    await told(channels[0], `firing:${a.id}`, `resolved:${a.id}`);
    await pass(3_000);
    expect(heard(channels[1])).toEqual([`firing:${a.id}`]);
  });

  it('puts alerts of one group into one message', async () => {
    const notifier = await started({ groupWaitMs: 2_000 });
    const [a, b] = [
      alert({ startsAt: clock.now(), firedAt: clock.now() }),
      alert({ startsAt: clock.now() + 1, firedAt: clock.now() }),
    ];
    notifier.dispatch([a]);
    notifier.dispatch([b]);
    await pass(4_000);
    await told(channels[0], `firing:${a.id},${b.id}`);
  });

  it('waits for the interval before it tells of an alert that joins a group', async () => {
    const notifier = await started({ groupIntervalMs: 10_000 });
    const [a, b] = [alert(), alert()];
    notifier.dispatch([a]);
    await told(channels[0], `firing:${a.id}`);
    notifier.dispatch([b]);
    await pass(8_000);
    expect(channels[0].got).toHaveLength(1);
    await pass(4_000);
    await told(channels[0], `firing:${a.id}`, `firing:${a.id},${b.id}`);
  });

  it('repeats after the repeat interval, but not while everything is acknowledged', async () => {
    const notifier = await started({ repeatIntervalMs: 60_000 });
    const a = alert();
    notifier.dispatch([a]);
    await told(channels[0], `firing:${a.id}`);
    await pass(62_000);
    await told(channels[0], `firing:${a.id}`, `firing:${a.id}`);
    const acknowledged = { ...a, acknowledgement: { by: 'jin', at: clock.now() } };
    notifier.dispatch([acknowledged]);
    await pass(200_000);
    expect(channels[0].got).toHaveLength(2);
    notifier.dispatch([a]);
    await pass(3_000);
    await until(() => expect(channels[0].got).toHaveLength(3));
  }, 30_000);

  it('says nothing of an alert that ended before its group was told, and notes that', async () => {
    const notifier = await started({ groupWaitMs: 5_000 });
    const a = alert({ startsAt: clock.now(), firedAt: clock.now() });
    notifier.dispatch([a]);
    await pass(2_000);
    notifier.dispatch([resolved(a, clock.now())]);
    await pass(10_000);
    expect(channels[0].got).toEqual([]);
    const ledger = await notifier.notifications({ first: 10, alert: a.id });
    expect(ledger.ok && ledger.value.items.map(({ node }) => [node.channel, node.outcome, node.reason])).toEqual([
      ['two', 'not_sent', 'ended before its group was told'],
      ['one', 'not_sent', 'ended before its group was told'],
    ]);
  });

  it('tells an end once, also when that is handed over again while it is told', async () => {
    const notifier = await started();
    const [a, b] = [alert(), alert()];
    notifier.dispatch([a]);
    await told(channels[0], `firing:${a.id}`);
    await pass(2_000);
    notifier.dispatch([resolved(a, clock.now())]);
    notifier.dispatch([resolved(a, clock.now())]);
    notifier.dispatch([b]);
    await pass(3_000);
    await told(channels[0], `firing:${a.id}`, `resolved:${a.id}`, `firing:${b.id}`);
  });

  it('goes on with what it is told of while it starts, as if it had come later', async () => {
    const [a, b] = [alert(), alert()];
    const first = await started();
    first.dispatch([a]);
    await told(channels[0], `firing:${a.id}`);
    await first.stop();
    const second = create();
    second.dispatch([b]);
    const starting = second.start([a], () => Promise.resolve(undefined));
    second.dispatch([resolved(a, clock.now())]);
    await starting;
    await pass(2_000);
    await told(channels[0], `firing:${a.id}`, `firing:${b.id},${a.id}`);
    expect(second.durable).toBe(true);
    expect(new Set(channels[0].got.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
  });

  it('tries again with growing pauses under the same key, without holding up another channel', async () => {
    const notifier = await started();
    let attempts = 0;
    channels[0].answer = () => (++attempts < 4 ? { outcome: 'retry', reason: 'HTTP 503' } : sent());
    const [a, b] = [alert(), alert({ labels: Labels.of({ alertname: 'B' }) })];
    notifier.dispatch([a]);
    notifier.dispatch([b]);
    await until(() => expect(channels[1].got).toHaveLength(2));
    expect(notifier.channels()[0]).toMatchObject({ healthy: false, lastError: 'HTTP 503', pending: 2 });
    await pass(10_000);
    await told(channels[0], `firing:${a.id}`, `firing:${a.id}`, `firing:${a.id}`, `firing:${b.id}`, `firing:${a.id}`);
    expect(
      new Set(
        channels[0].got.filter(({ alerts: [first] }) => first?.id === a.id).map(({ idempotencyKey }) => idempotencyKey),
      ).size,
    ).toBe(1);
    await until(() => expect(notifier.channels()[0]).toMatchObject({ healthy: true, pending: 0 }));
  });

  it('waits as long as the other side asks for', async () => {
    const notifier = await started();
    let attempts = 0;
    channels[0].answer = () => (++attempts === 1 ? { outcome: 'retry', reason: 'HTTP 429', afterMs: 30_000 } : sent());
    notifier.dispatch([alert()]);
    await until(() => expect(attempts).toBe(1));
    await pass(29_000);
    expect(attempts).toBe(1);
    await pass(2_000);
    await until(() => expect(attempts).toBe(2));
  });

  it('never tries again at once, whatever the other side asks for or the channel throws', async () => {
    const notifier = await started();
    const answers = [{ outcome: 'retry', reason: 'HTTP 429', afterMs: 0 }, new Error('bug'), sent()] as const;
    channels[0].answer = () => {
      const answer = answers[channels[0].got.length - 1] ?? sent();
      if (answer instanceof Error) throw answer;
      return answer;
    };
    notifier.dispatch([alert()]);
    await until(() => expect(notifier.channels()[0]).toMatchObject({ lastError: 'HTTP 429' }));
    await clock.advance(200);
    expect(channels[0].got).toHaveLength(1);
    await pass(300);
    await until(() => expect(notifier.channels()[0]).toMatchObject({ lastError: 'bug' }));
    await pass(3_000);
    await until(() => expect(notifier.channels()[0]).toMatchObject({ healthy: true, pending: 0 }));
  });

  it('makes a dead letter of what is rejected, and goes on', async () => {
    const notifier = await started();
    channels[0].answer = ({ alerts }) =>
      alerts[0]?.name === 'A' ? { outcome: 'rejected', reason: 'HTTP 400' } : sent();
    const [a, b] = [alert(), alert({ name: 'B', labels: Labels.of({ alertname: 'B' }) })];
    notifier.dispatch([a]);
    notifier.dispatch([b]);
    await told(channels[0], `firing:${a.id}`, `firing:${b.id}`);
    await until(() => expect(notifier.channels()[0]).toMatchObject({ deadLetters: 1, healthy: true }));
  });

  it('lets a channel that hangs hang alone', async () => {
    const notifier = await started();
    let release = (): void => undefined;
    channels[0].answer = () =>
      new Promise((resolve) => {
        release = () => resolve(sent());
      });
    const a = alert();
    notifier.dispatch([a]);
    await told(channels[1], `firing:${a.id}`);
    await pass(3_000);
    notifier.dispatch([alert({ labels: Labels.of({ alertname: 'B' }) })]);
    await until(() => expect(channels[1].got).toHaveLength(2));
    channels[0].answer = () => Promise.resolve(sent());
    release();
    await until(() => expect(channels[0].got).toHaveLength(2));
  });

  describe('after a kill', () => {
    it('sends what was on its way, under its old key', async () => {
      const first = await started();
      channels[0].answer = () => new Promise(() => undefined);
      const a = alert();
      first.dispatch([a]);
      await told(channels[0], `firing:${a.id}`);
      const [key] = channels[0].got.map(({ idempotencyKey }) => idempotencyKey);
      channels = [new FakeChannel('one'), new FakeChannel('two', false)];
      open.splice(0);
      await started({}, [a]);
      await told(channels[0], `firing:${a.id}`);
      expect(channels[0].got[0]?.idempotencyKey).toBe(key);
      await pass(3_000);
      expect(channels[1].got).toEqual([]);
    });

    it('tells of an alert that fired before anyone was told', async () => {
      const a = alert();
      await started({}, [a]);
      await told(channels[0], `firing:${a.id}`);
    });

    it('tells the end of an alert that ended without the channel having heard of it', async () => {
      const first = await started();
      const a = alert();
      first.dispatch([a]);
      await told(channels[0], `firing:${a.id}`);
      await until(() => expect(first.channels()[0]?.pending).toBe(0));
      await first.stop();
      await pass(2_000);
      await started({}, [], [resolved(a, clock.now())]);
      await told(channels[0], `firing:${a.id}`, `resolved:${a.id}`);
    });

    it('tells the end also to those whom the routes no longer lead to', async () => {
      const first = await started({ groupBy: ['alertname'] });
      const [a, b] = [alert(), alert()];
      first.dispatch([a, b]);
      await told(channels[0], `firing:${a.id},${b.id}`);
      await until(() => expect(first.channels()[0]?.pending).toBe(0));
      await first.stop();
      await pass(2_000);
      const second = await started({ groupBy: ['venue'] }, [b], [resolved(a, clock.now())]);
      await until(() => expect(heard(channels[0]).slice(1).sort()).toEqual([`firing:${b.id}`, `resolved:${a.id}`]));
      await until(() => expect(second.channels()[0]?.pending).toBe(0));
      await second.stop();
      await started({ groupBy: ['venue'] }, [b], [resolved(a, clock.now())]);
      await pass(3_000);
      expect(channels[0].got).toHaveLength(3);
    });

    it('never gives a key twice', async () => {
      const keys: string[] = [];
      for (let i = 0; i < 3; i++) {
        const notifier = await started();
        notifier.dispatch([alert()]);
        await until(() => expect(channels[0].got).toHaveLength(i + 1));
        await until(() => expect(notifier.channels()[0]?.pending).toBe(0));
        await notifier.stop();
        keys.push(channels[0].got[i]?.idempotencyKey ?? '');
      }
      expect(new Set(keys).size).toBe(3);
    });

    it('notes, rather than sends, what was meant for a channel that is gone', async () => {
      const first = await started();
      channels[1].answer = () => new Promise(() => undefined);
      first.dispatch([alert()]);
      await until(() => expect(channels[1].got).toHaveLength(1));
      open.splice(0);
      channels = [channels[0], new FakeChannel('three')];
      await started();
      const rows = await database
        .tables<{ notification: { channel: string; outcome: string; reason: string } }>()
        .selectFrom('notification')
        .select(['outcome', 'reason'])
        .where('channel', '=', 'two')
        .execute();
      expect(rows).toEqual([{ outcome: 'not_sent', reason: 'its channel is no longer configured' }]);
    });
  });

  it('sends also when the outbox cannot be written', async () => {
    const notifier = await started();
    database.transaction = () => Promise.reject(new Error('disk full'));
    const a = alert();
    notifier.dispatch([a]);
    await told(channels[0], `firing:${a.id}`);
  });

  it('tries a channel out with a message that says so', async () => {
    const notifier = await started();
    expect(await notifier.test('one', 'jin')).toMatchObject({ ok: true, value: { channel: 'one', outcome: 'sent' } });
    expect(channels[0].got[0]).toMatchObject({
      test: true,
      alerts: [{ annotations: { summary: expect.stringContaining('jin') as string } }],
    });
    channels[0].answer = () => ({ outcome: 'rejected', reason: 'HTTP 401' });
    expect(await notifier.test('one', 'jin')).toMatchObject({
      ok: true,
      value: { outcome: 'not_sent', reason: 'HTTP 401' },
    });
    expect(await notifier.test('nope', 'jin')).toMatchObject({
      ok: false,
      refusal: { code: 'NOT_FOUND', message: expect.stringContaining('one, two') as string },
    });
  });

  describe('a report', () => {
    const report = {
      id: 'daily-1',
      at: Date.UTC(2026, 0, 1),
      language: 'ko' as const,
      title: 'Daily report',
      text: 'Alerts: 3',
      markdown: '# Daily report',
      html: '<!doctype html>',
      url: 'http://tapewatch.test/reports/daily-1',
    };

    it('is told to every channel of the receiver, once, also to those that know of alerts alone', async () => {
      const notifier = await started();
      await notifier.tellReport('ops', report);
      await notifier.tellReport('ops', report);
      await until(() => expect(channels.map(({ got }) => got.length)).toEqual([1, 1]));
      const { at, language, ...told } = report;
      expect(channels[0].got[0]).toMatchObject({
        idempotencyKey: 'one/report/daily-1',
        status: 'firing',
        at,
        language,
        report: told,
        alerts: [{ severity: 'info', url: report.url, annotations: { summary: 'Daily report' } }],
      });
      expect(channels[0].got[0]?.alerts[0]?.annotations['description']).toContain('Alerts: 3');
      await pass(3_000);
      expect(channels.map(({ got }) => got.length)).toEqual([1, 1]);
    });

    it('is sent after a kill, under its old key, beside alerts', async () => {
      const first = await started();
      channels[0].answer = () => new Promise(() => undefined);
      await first.tellReport('ops', report);
      await until(() => expect(channels[0].got).toHaveLength(1));
      open.splice(0);
      channels = [new FakeChannel('one'), new FakeChannel('two', false)];
      const second = await started();
      await until(() => expect(channels[0].got[0]?.report?.html).toBe('<!doctype html>'));
      second.dispatch([alert()]);
      await until(() => expect(channels[0].got).toHaveLength(2));
      expect(await second.outcomesBetween(report.at, report.at + 1)).toMatchObject([
        { channel: 'one', dead: 0, notSent: 0 },
        { channel: 'two', sent: expect.any(Number) as number },
      ]);
    });

    it('is not told to a receiver that is gone', async () => {
      const notifier = await started();
      await notifier.tellReport('nobody', report);
      expect(channels[0].got).toEqual([]);
    });
  });

  it('counts what became of the notifications of a stretch of time, by channel', async () => {
    const notifier = await started();
    channels[0].answer = ({ alerts }) => (alerts[0]?.name === 'A' ? { outcome: 'rejected', reason: 'no' } : sent());
    const from = clock.now();
    notifier.dispatch([alert()]);
    notifier.dispatch([alert({ name: 'B', labels: Labels.of({ alertname: 'B' }) })]);
    const counts = { sent: 0, retrying: 0, dead: 0, notSent: 0 };
    await vi.waitFor(async () =>
      expect(await notifier.outcomesBetween(from, from + 1)).toEqual([
        { ...counts, channel: 'one', sent: 1, dead: 1 },
        { ...counts, channel: 'two', sent: 2 },
      ]),
    );
    expect(await notifier.outcomesBetween(from - 10, from)).toEqual([]);
  });
});

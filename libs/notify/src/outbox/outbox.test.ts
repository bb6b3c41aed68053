import { Labels } from '@tapewatch/model';
import { rejected, retry, sent, type ChannelLimits, type Notification, type SendResult } from '@tapewatch/plugin-sdk';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Channel } from '../channels/channel.js';
import { RateLimit } from '../channels/rate-limit.js';
import { alert, heard, NotifierBench, resolved } from '../testing/notifier-bench.js';

const minute = 60_000;

describe('the outbox', () => {
  let bench: NotifierBench;
  beforeEach(async () => {
    bench = new NotifierBench();
    await bench.open('ops');
  });
  afterEach(() => bench.close());
  const named = (name: string) =>
    alert({ labels: Labels.of({ alertname: name }), startsAt: bench.clock.now(), firedAt: bench.clock.now() });

  it('tells everything, in order and once, of a channel that is down for an hour, then asks to wait, then is up', async () => {
    const notifier = await bench.start({});
    const channel = bench.channel('ops');
    const delivered: string[] = [];
    const begun = bench.clock.monotonic();
    let asked = 0;
    let heldUntil = 0;
    channel.answer = ({ status, alerts, idempotencyKey }): SendResult => {
      const passed = bench.clock.monotonic() - begun;
      if (passed < 60 * minute) return retry('ECONNREFUSED');
      expect(passed).toBeGreaterThanOrEqual(heldUntil);
      if (asked++ === 0) {
        heldUntil = passed + 10 * minute;
        return retry('HTTP 429', 10 * minute);
      }
      delivered.push(`${status} ${alerts.map(({ name }) => name).join()} ${idempotencyKey}`);
      return sent();
    };
    const alerts = [named('A')];
    notifier.dispatch(alerts);
    for (const name of ['B', 'C', 'D']) {
      await bench.pass(10 * minute, minute);
      const next = named(name);
      alerts.push(next);
      notifier.dispatch([next]);
    }
    await bench.pass(10 * minute, minute);
    notifier.dispatch(alerts.map((one) => resolved(one, bench.clock.now())));
    await bench.pass(45 * minute, minute / 2);
    await vi.waitFor(async () => {
      await bench.pass(minute, minute / 2);
      expect(notifier.channels()[0]).toMatchObject({ pending: 0, healthy: true });
    });
    expect(delivered).toHaveLength(8);
    expect(new Set(delivered).size).toBe(8);
    for (const one of alerts) {
      const own = channel.got.filter(({ alerts: [first] }) => first?.id === one.id).map(({ status }) => status);
      expect(own.lastIndexOf('firing')).toBeLessThan(own.indexOf('resolved'));
    }
    const rows = await bench.rows();
    expect(rows.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 8 }, () => 'sent'));
  }, 30_000);

  it('honours a wish to wait over a restart', async () => {
    const notifier = await bench.start({});
    bench.channel('ops').answer = () => retry('HTTP 429', 5 * minute);
    const [a, b] = [named('A'), named('B')];
    notifier.dispatch([a]);
    await bench.settle();
    bench.kill();
    await bench.start({}, { active: [a, b] });
    await bench.pass(5 * minute - 1_000, minute);
    expect(bench.channel('ops').got).toEqual([]);
    await bench.pass(2_000);
    expect(heard(bench.channel('ops'))).toEqual([`firing:${a.id}`, `firing:${b.id}`]);
  });

  it('does not let one notification that is always refused for now hold up the others', async () => {
    const notifier = await bench.start({});
    const channel = bench.channel('ops');
    channel.answer = ({ alerts: [first] }) => (first?.labels['alertname'] === 'Poison' ? retry('HTTP 500') : sent());
    notifier.dispatch([named('Poison')]);
    await bench.pass(10_000);
    notifier.dispatch([named('B'), named('C')]);
    await bench.pass(minute, 5_000);
    expect(channel.got.filter(({ alerts: [first] }) => first?.labels['alertname'] !== 'Poison')).toHaveLength(2);
    expect(notifier.channels()[0]?.pending).toBe(1);
  });

  describe('limits', () => {
    /** A channel that takes a second for every delivery, and knows how many it had at once. */
    const slow = (limits: ChannelLimits) => {
      const state = { now: 0, most: 0, order: [] as string[], times: [] as number[] };
      const channel: Channel = {
        name: 'ops',
        plugin: 'slow',
        sendResolved: true,
        limits,
        async send({ groupKey }: Notification) {
          state.order.push(groupKey);
          state.times.push(bench.clock.monotonic());
          state.most = Math.max(state.most, ++state.now);
          await new Promise<void>((done) => bench.clock.setTimeout(done, 1_000));
          state.now--;
          return sent();
        },
      };
      return { state, receivers: [{ name: 'ops', channels: [channel] }] };
    };

    it('sends to as many groups at once as the channel takes, and to one group one after the other', async () => {
      const { state, receivers } = slow({ concurrency: 3 });
      const notifier = await bench.start({}, { receivers });
      const alerts = ['A', 'B', 'C', 'D'].map(named);
      notifier.dispatch(alerts);
      await bench.settle();
      notifier.dispatch([named('A')]);
      await bench.pass(10_000, 500);
      expect(state.most).toBe(3);
      expect(state.order).toHaveLength(5);
      expect(notifier.channels()[0]?.pending).toBe(0);
    });

    it('keeps to the rate', async () => {
      const { state, receivers } = slow({ concurrency: 9, rate: { count: 2, perMs: 10_000 } });
      const notifier = await bench.start({}, { receivers });
      notifier.dispatch(['A', 'B', 'C', 'D', 'E'].map(named));
      await bench.settle();
      await bench.pass(30_000, 1_000);
      const seconds = state.times.map((at) => Math.round((at - (state.times[0] ?? 0)) / 1_000));
      expect(seconds).toEqual([0, 0, 10, 10, 20]);
    });
  });

  describe('dead letters', () => {
    it('are sent again by hand, under their old keys and in their order', async () => {
      const notifier = await bench.start({});
      const channel = bench.channel('ops');
      channel.answer = () => rejected('HTTP 401');
      const alerts = ['A', 'B'].map(named);
      notifier.dispatch(alerts);
      await bench.pass(2_000);
      expect(notifier.channels()[0]).toMatchObject({ deadLetters: 2, pending: 0 });
      channel.answer = () => sent();
      expect(await notifier.replayDeadLetters('ops')).toEqual({ ok: true, value: 2 });
      await bench.pass(2_000);
      const keys = channel.got.map(({ idempotencyKey }) => idempotencyKey);
      expect(keys.slice(2)).toEqual(keys.slice(0, 2));
      expect(notifier.channels()[0]).toMatchObject({ deadLetters: 0, pending: 0, healthy: true });
      expect(await notifier.replayDeadLetters('ops')).toEqual({ ok: true, value: 0 });
      expect(await notifier.replayDeadLetters('nope')).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
    });

    it('are sent again one by one, and nothing else is', async () => {
      const notifier = await bench.start({});
      const channel = bench.channel('ops');
      channel.answer = () => rejected('HTTP 400');
      notifier.dispatch([named('A')]);
      await bench.settle();
      const [row] = await bench.rows();
      const id = String(row?.id);
      channel.answer = () => sent();
      expect(await notifier.replay(id)).toMatchObject({ ok: true, value: { id, outcome: 'retrying' } });
      await bench.pass(1_000);
      expect((await bench.rows())[0]).toMatchObject({ outcome: 'sent', attempts: 2 });
      expect(await notifier.replay(id)).toMatchObject({ ok: false, refusal: { code: 'CONFLICT' } });
      expect(await notifier.replay('nope')).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
    });

    it('have a day of patience again', async () => {
      const notifier = await bench.start({});
      const channel = bench.channel('ops');
      channel.answer = () => rejected('HTTP 400');
      notifier.dispatch([named('A')]);
      await bench.settle();
      await bench.pass(48 * 60 * minute, 24 * 60 * minute);
      channel.answer = () => retry('HTTP 503');
      await notifier.replayDeadLetters('ops');
      await bench.settle();
      expect((await bench.rows())[0]?.outcome).toBe('retrying');
    });
  });

  it('shows the ledger page by page, of one alert or of all', async () => {
    const notifier = await bench.start({});
    const [a, b] = [named('A'), named('B')];
    notifier.dispatch([a]);
    notifier.dispatch([{ ...b, silencedBy: ['s1'] }]);
    await bench.pass(2_000);
    notifier.dispatch([resolved(a, bench.clock.now())]);
    await bench.pass(2_000);
    const page = async (request: Parameters<typeof notifier.notifications>[0]) => {
      const result = await notifier.notifications(request);
      if (!result.ok) throw new Error(result.refusal.message);
      const told = result.value.items.map(({ node }) => `${node.outcome} ${node.alertIds.join()} ${node.attempts}`);
      return { told, last: result.value.items.at(-1)?.cursor, more: result.value.hasNextPage };
    };
    const first = await page({ first: 2 });
    expect(first).toMatchObject({ told: [`sent ${a.id} 1`, `not_sent ${b.id} 0`], more: true });
    expect(await page({ first: 2, after: first.last ?? '' })).toMatchObject({ told: [`sent ${a.id} 1`], more: false });
    expect((await page({ first: 9, alert: b.id })).told).toEqual([`not_sent ${b.id} 0`]);
    expect((await page({ first: 9, alert: '%' })).told).toEqual([]);
    expect(await notifier.notifications({ first: 1, after: 'x' })).toMatchObject({ ok: false });
    const all = await notifier.notifications({ first: 9 });
    expect(all.ok && all.value.items[0]?.node.text).toContain('[RESOLVED:1] A');
  });
});

describe('RateLimit', () => {
  it('never lets more through than it says, in any stretch', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 50 }), (pauses, count, perMs) => {
        const limit = new RateLimit({ count, perMs });
        const through: number[] = [];
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          const waitMs = limit.waitMs(now);
          if (waitMs === 0) {
            limit.take(now);
            through.push(now);
          } else expect(limit.waitMs(now + waitMs)).toBe(0);
        }
        for (const at of through)
          expect(through.filter((other) => other >= at && other < at + perMs).length).toBeLessThanOrEqual(count);
      }),
    );
  });
});

import { Labels } from '@tapewatch/model';
import { retry } from '@tapewatch/plugin-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { alert, heard, NotifierBench, resolved } from '../testing/notifier-bench.js';
import { route } from '../testing/route-config.js';

describe('groups', () => {
  let bench: NotifierBench;
  beforeEach(async () => {
    bench = new NotifierBench();
    await bench.open('n1');
  });
  afterEach(() => bench.close());
  const fresh = (labels: Record<string, string>, ageMs = 0) =>
    alert({
      labels: Labels.of({ alertname: 'A', ...labels }),
      startsAt: bench.clock.now() - ageMs,
      firedAt: bench.clock.now() - ageMs,
    });

  /** Alertmanager's dispatch/dispatch_test.go, in steps of its 300 ms. */
  it('TestAggrGroup: waits, then tells at every interval, and forgets a group whose alerts have ended', async () => {
    const notifier = await bench.start({
      groupBy: ['a', 'b'],
      groupWaitMs: 1_000,
      groupIntervalMs: 300,
      repeatIntervalMs: 1,
    });
    const [a1, a2, a3] = ['v3', 'v4', 'v5'].map((c) => fresh({ a: 'v1', b: 'v2', c }));
    if (a1 === undefined || a2 === undefined || a3 === undefined) throw new Error('three alerts');
    notifier.dispatch([a1, a2]);
    await bench.pass(900, 300);
    expect(heard(bench.channel('n1'))).toEqual([]);
    await bench.pass(100);
    expect(heard(bench.channel('n1'))).toEqual([`firing:${a1.id},${a2.id}`]);
    for (let i = 0; i < 3; i++) {
      notifier.dispatch([a3]);
      await bench.pass(299);
      expect(bench.channel('n1').got).toHaveLength(1 + i);
      await bench.pass(1);
      expect(heard(bench.channel('n1')).at(-1)).toBe(`firing:${a1.id},${a2.id},${a3.id}`);
    }
    notifier.dispatch([resolved(a1, bench.clock.now())]);
    await bench.pass(300);
    expect(heard(bench.channel('n1')).at(-1)).toBe(`firing:${a2.id},${a3.id},${a1.id}`);
    notifier.dispatch([a2, a3].map((one) => resolved(one, bench.clock.now())));
    await bench.pass(300);
    expect(heard(bench.channel('n1')).at(-1)).toBe(`resolved:${a2.id},${a3.id}`);
    const { length } = bench.channel('n1').got;
    await bench.pass(3_000, 300);
    expect(bench.channel('n1').got).toHaveLength(length);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it('TestDispatcherRaceOnFirstAlertNotDeliveredWhenGroupWaitIsZero', async () => {
    const notifier = await bench.start({ groupBy: ['...'], groupWaitMs: 0, groupIntervalMs: 3_600_000 });
    const alerts = Array.from({ length: 50 }, (_, i) => fresh({ i: String(i) }));
    for (const one of alerts) notifier.dispatch([one]);
    await vi.waitFor(() =>
      expect(heard(bench.channel('n1')).sort()).toEqual(alerts.map(({ id }) => `firing:${id}`).sort()),
    );
  });

  it('tells at once of an alert that has fired for longer than the group wait', async () => {
    const notifier = await bench.start({ groupWaitMs: 30_000 });
    const old = fresh({}, 31_000);
    notifier.dispatch([old]);
    await bench.settle();
    expect(heard(bench.channel('n1'))).toEqual([`firing:${old.id}`]);
  });

  /** Alertmanager's test/with_api_v2/acceptance/send_test.go. */
  it('TestBatching: a written interval ticks from the first telling on', async () => {
    const notifier = await bench.start({
      groupBy: [],
      groupWaitMs: 1_000,
      groupIntervalMs: 1_000,
      repeatIntervalMs: 4_900,
    });
    const begun = bench.clock.now();
    const at = (): number[] => bench.channel('n1').got.map((notification) => notification.at - begun);
    await bench.pass(1_100, 100);
    notifier.dispatch([fresh({ n: '1' })]);
    await bench.pass(600, 100);
    notifier.dispatch([fresh({ n: '5' })]);
    await bench.pass(1_600, 100);
    notifier.dispatch([fresh({ n: '2' }), fresh({ n: '3' })]);
    await bench.pass(7_000, 100);
    expect(at()).toEqual([2_100, 4_100, 9_100]);
    expect(bench.channel('n1').got.map(({ alerts }) => alerts.length)).toEqual([2, 4, 4]);
  });

  it('an interval that nobody wrote holds back only what follows too soon', async () => {
    const notifier = await bench.start({ groupBy: [] });
    const begun = bench.clock.now();
    for (const waitMs of [500, 200, 4_000]) {
      notifier.dispatch([fresh({ n: String(waitMs) })]);
      await bench.pass(waitMs, 100);
    }
    expect(bench.channel('n1').got.map(({ at }) => at - begun)).toEqual([0, 1_000]);
    notifier.dispatch([fresh({ n: 'last' })]);
    await bench.settle();
    expect(bench.channel('n1').got.at(-1)?.at).toBe(begun + 4_700);
  });

  it('tells once where two routes are twins, as their group has one key', async () => {
    const twin = { matchers: ['alertname="A"'], continue: true };
    const notifier = await bench.start({ routes: [route(twin), route(twin)] });
    const one = fresh({});
    notifier.dispatch([one]);
    await bench.pass(2_000);
    expect(heard(bench.channel('n1'))).toEqual([`firing:${one.id}`]);
    expect(bench.channel('n1').got[0]?.groupKey).toBe('{}/{alertname="A"}:{alertname="A"}');
  });

  it('neither hurries nor loses a repeat when the wall clock jumps', async () => {
    const notifier = await bench.start({ repeatIntervalMs: 60_000 });
    notifier.dispatch([fresh({})]);
    await bench.settle();
    bench.clock.jump(3_600_000);
    await bench.pass(59_000, 10_000);
    expect(bench.channel('n1').got).toHaveLength(1);
    bench.clock.jump(-7_200_000);
    await bench.pass(2_000);
    expect(bench.channel('n1').got).toHaveLength(2);
  });

  it.each([25, -25])('goes on trying for a day when the wall clock is set by %i h', async (hours) => {
    const notifier = await bench.start({ repeatIntervalMs: 1_000_000_000 });
    const channel = bench.channel('n1');
    channel.answer = () => retry('away');
    notifier.dispatch([fresh({})]);
    await bench.settle();
    bench.clock.jump(hours * 3_600_000);
    await bench.pass(23 * 3_600_000, 3_600_000);
    expect((await bench.rows()).map(({ outcome }) => outcome)).toEqual(['retrying']);
    await bench.pass(2 * 3_600_000, 3_600_000);
    expect((await bench.rows()).map(({ outcome }) => outcome)).toEqual(['dead']);
  });
});

import { Labels, type Alert } from '@tapewatch/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closedBecause } from './muting.js';
import { RouteTree } from './route-tree.js';
import { alert, heard, NotifierBench, resolved } from '../testing/notifier-bench.js';
import { route } from '../testing/route-config.js';

const silenced = (of: Alert, id = 's1'): Alert => ({ ...of, silencedBy: [id] });
const inhibited = (of: Alert, by: string): Alert => ({ ...of, inhibitedBy: [by] });

describe('closedBecause', () => {
  const windows = new Map([
    ['evenings', (at: number) => at < 10 || at >= 20],
    ['weekends', (at: number) => at >= 30],
  ]);
  it.each([
    [5, 'muted by time interval evenings'],
    [15, undefined],
    [35, 'muted by time interval evenings, weekends'],
  ])('within mute intervals, at %d: %s', (at, wanted) => {
    const { root } = new RouteTree(route({ receiver: 'x', muteTimeIntervals: ['evenings', 'weekends'] }));
    expect(closedBecause(root, windows, at)).toBe(wanted);
  });
  it.each([
    [5, undefined],
    [15, 'outside active time interval evenings, weekends'],
  ])('outside active intervals, at %d: %s', (at, wanted) => {
    const { root } = new RouteTree(route({ receiver: 'x', activeTimeIntervals: ['evenings', 'weekends'] }));
    expect(closedBecause(root, windows, at)).toBe(wanted);
  });
});

describe('muting', () => {
  let bench: NotifierBench;
  beforeEach(async () => {
    bench = new NotifierBench();
    await bench.open('ops');
  });
  afterEach(() => bench.close());

  it('leaves a silenced alert out, notes it once, and tells it when the silence is over', async () => {
    const notifier = await bench.start({});
    const [a, b] = [alert(), alert()];
    notifier.dispatch([silenced(a), b]);
    await bench.pass(5_000);
    expect(heard(bench.channel('ops'))).toEqual([`firing:${b.id}`]);
    expect(await bench.notSent()).toEqual([`ops: ${a.id}, silence s1`]);
    notifier.dispatch([a]);
    await bench.pass(1_000);
    expect(heard(bench.channel('ops'))).toEqual([`firing:${b.id}`, `firing:${a.id},${b.id}`]);
  });

  it('notes again when it is muted for another reason', async () => {
    const notifier = await bench.start({});
    const a = alert();
    for (const state of [silenced(a), silenced(a), inhibited(a, 'source'), inhibited(a, 'source')]) {
      notifier.dispatch([state]);
      await bench.pass(2_000);
    }
    expect(await bench.notSent()).toEqual([`ops: ${a.id}, silence s1`, `ops: ${a.id}, inhibited by source`]);
  });

  it('notes a silence also when the alert is over before its group is looked at again', async () => {
    const notifier = await bench.start({});
    const [a, b] = [alert(), alert()];
    notifier.dispatch([b]);
    await bench.settle();
    notifier.dispatch([silenced(a)]);
    notifier.dispatch([resolved(silenced(a), bench.clock.now())]);
    await bench.pass(2_000);
    expect(await bench.notSent()).toEqual([`ops: ${a.id}, silence s1`]);
    expect(heard(bench.channel('ops'))).toEqual([`firing:${b.id}`]);
  });

  it('tells an alert again after a restart when its silence has ended since it was told, and once', async () => {
    const a = alert();
    (await bench.start({})).dispatch([a]);
    await bench.settle();
    const at = bench.clock.now();
    const heardOver = async (freedAt: number): Promise<readonly string[]> => {
      bench.kill();
      await bench.start({}, { active: [{ ...a, freedAt }] });
      await bench.pass(2_000);
      return heard(bench.channel('ops'));
    };
    expect(await heardOver(at - 1_000)).toEqual([]);
    expect(await heardOver(at + 1_000)).toEqual([`firing:${a.id}`]);
    expect(await heardOver(at + 1_000)).toEqual([]);
  });

  it('notes each once also over a restart', async () => {
    const a = silenced(alert());
    (await bench.start({})).dispatch([a]);
    await bench.settle();
    bench.kill();
    await bench.start({}, { active: [a] });
    await bench.pass(1_000);
    expect(await bench.notSent()).toHaveLength(1);
  });

  it.each([
    ['silenced', (a: Alert) => silenced(a)],
    ['inhibited', (a: Alert) => inhibited(a, 'source')],
  ])('tells the end of an alert that was told and is %s by then', async (_word, mute) => {
    const notifier = await bench.start({});
    const a = alert();
    notifier.dispatch([a]);
    await bench.pass(2_000);
    notifier.dispatch([mute(a)]);
    await bench.pass(2_000);
    notifier.dispatch([resolved(mute(a), bench.clock.now())]);
    await bench.pass(2_000);
    expect(heard(bench.channel('ops'))).toEqual([`firing:${a.id}`, `resolved:${a.id}`]);
  });

  it('also when other alerts of its group were told meanwhile, and after a kill', async () => {
    const first = await bench.start({});
    const [a, b] = [alert(), alert()];
    first.dispatch([a]);
    await bench.pass(2_000);
    first.dispatch([silenced(a), b]);
    await bench.pass(2_000);
    expect(heard(bench.channel('ops'))).toEqual([`firing:${a.id}`, `firing:${b.id}`]);
    bench.kill();
    await bench.start({}, { active: [b], past: [resolved(silenced(a), bench.clock.now())] });
    await bench.pass(2_000);
    expect(heard(bench.channel('ops'))).toEqual([`firing:${b.id},${a.id}`]);
  });

  it('says nothing of an alert that came and went while it was muted', async () => {
    const notifier = await bench.start({});
    const [a, b] = [alert(), alert()];
    notifier.dispatch([silenced(a)]);
    await bench.pass(2_000);
    notifier.dispatch([resolved(silenced(a), bench.clock.now()), b]);
    await bench.pass(2_000);
    expect(heard(bench.channel('ops'))).toEqual([`firing:${b.id}`]);
  });

  it('reminds when a silence is over, but not each time that another alert ceases to inhibit', async () => {
    const notifier = await bench.start({});
    const a = alert();
    for (const state of [a, inhibited(a, 'source'), a, silenced(a), a]) {
      notifier.dispatch([state]);
      await bench.pass(2_000);
    }
    expect(heard(bench.channel('ops'))).toEqual([`firing:${a.id}`, `firing:${a.id}`]);
  });

  it('does not repeat what is muted', async () => {
    const notifier = await bench.start({ repeatIntervalMs: 10_000 });
    const a = alert();
    notifier.dispatch([a]);
    await bench.pass(2_000);
    notifier.dispatch([silenced(a)]);
    await bench.pass(30_000, 5_000);
    expect(bench.channel('ops').got).toHaveLength(1);
  });

  it('notes a repeat that an acknowledgement holds back, once', async () => {
    const notifier = await bench.start({ repeatIntervalMs: 10_000 });
    const a = alert();
    notifier.dispatch([a]);
    await bench.settle();
    notifier.dispatch([{ ...a, acknowledgement: { by: 'jin', at: bench.clock.now() } }]);
    await bench.pass(60_000, 5_000);
    expect(bench.channel('ops').got).toHaveLength(1);
    expect(await bench.notSent()).toEqual([`ops: ${a.id}, acknowledged by jin`]);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  describe('a route that is closed at this time', () => {
    const start = Date.UTC(2026, 0, 1);
    const windows = new Map([['night', (at: number) => at < start + 10 * 60_000]]);
    const muted = { muteTimeIntervals: ['night'] };

    it('tells when its window opens, and notes why it did not before', async () => {
      const notifier = await bench.start(muted, { timeWindows: windows });
      const a = alert();
      notifier.dispatch([a]);
      await bench.pass(9 * 60_000 + 59_000, 20_000);
      expect(heard(bench.channel('ops'))).toEqual([]);
      await bench.pass(1_000);
      expect(heard(bench.channel('ops'))).toEqual([`firing:${a.id}`]);
      expect(await bench.notSent()).toEqual([`ops: ${a.id}, muted by time interval night`]);
    });

    it('keeps the end for then, of what was told before it closed', async () => {
      const windows = new Map([['night', (at: number) => at >= start + 60_000 && at < start + 180_000]]);
      const notifier = await bench.start(muted, { timeWindows: windows });
      const [a, b] = [alert(), alert()];
      notifier.dispatch([a]);
      await bench.pass(90_000, 10_000);
      notifier.dispatch([resolved(a, bench.clock.now()), b]);
      await bench.pass(10_000, 10_000);
      notifier.dispatch([resolved(b, bench.clock.now())]);
      await bench.pass(79_000, 10_000);
      expect(heard(bench.channel('ops'))).toEqual([`firing:${a.id}`]);
      await bench.pass(2_000);
      expect(heard(bench.channel('ops'))).toEqual([`firing:${a.id}`, `resolved:${a.id}`]);
    });

    it('does not hold its children, which inherit no time intervals', async () => {
      const child = route({ matchers: ['venue="binance"'] });
      const notifier = await bench.start({ ...muted, routes: [child] }, { timeWindows: windows });
      notifier.dispatch([alert()]);
      await bench.settle();
      expect(bench.channel('ops').got).toHaveLength(1);
    });
  });

  it('notes what a limit held back', async () => {
    const notifier = await bench.start({});
    const a = alert({ labels: Labels.of({ alertname: 'Raised' }) });
    await notifier.suppressed(a, 'limit of 100 a minute');
    await notifier.suppressed(a, 'limit of 100 a minute');
    expect(await bench.notSent()).toEqual([`ops: ${a.id}, limit of 100 a minute`]);
  });
});

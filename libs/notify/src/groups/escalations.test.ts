import type { Alert } from '@tapewatch/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alert, heard, NotifierBench, resolved } from '../testing/notifier-bench.js';
import { route } from '../testing/route-config.js';

const minute = 60_000;
const escalate = [
  { afterMs: 5 * minute, receiver: 'lead' },
  { afterMs: 15 * minute, receiver: 'owner' },
];
const acknowledged = (of: Alert, at: number): Alert => ({ ...of, acknowledgement: { by: 'jin', at } });

describe('Escalations', () => {
  let bench: NotifierBench;
  beforeEach(async () => {
    bench = new NotifierBench();
    await bench.open('ops', 'lead', 'owner');
  });
  afterEach(() => bench.close());
  const counts = (): number[] => ['ops', 'lead', 'owner'].map((name) => bench.channel(name).got.length);

  it('takes one step after the other while nobody has the alert in hand, and tells all of them the end', async () => {
    const notifier = await bench.start({ escalate });
    const a = alert();
    notifier.dispatch([a]);
    await bench.pass(5 * minute - 1, minute);
    expect(counts()).toEqual([1, 0, 0]);
    await bench.pass(1);
    expect(counts()).toEqual([1, 1, 0]);
    expect(bench.escalated).toEqual([`${a.id}: lead is told: nobody has acknowledged it within 5m`]);
    await bench.pass(10 * minute, minute);
    expect(counts()).toEqual([1, 1, 1]);
    notifier.dispatch([resolved(a, bench.clock.now())]);
    await bench.pass(2_000);
    for (const name of ['ops', 'lead', 'owner'])
      expect(heard(bench.channel(name))).toEqual([`firing:${a.id}`, `resolved:${a.id}`]);
    expect(bench.escalated).toHaveLength(2);
  });

  it.each([
    ['an acknowledgement', (a: Alert, at: number) => acknowledged(a, at)],
    ['its end', (a: Alert, at: number) => resolved(a, at)],
    ['a silence', (a: Alert) => ({ ...a, silencedBy: ['s1'] })],
  ])('is stopped by %s', async (_word, change) => {
    const notifier = await bench.start({ escalate });
    const a = alert();
    notifier.dispatch([a]);
    await bench.pass(minute, minute);
    notifier.dispatch([change(a, bench.clock.now())]);
    await bench.pass(30 * minute, 5 * minute);
    expect(counts().slice(1)).toEqual([0, 0]);
  });

  it.each([60, -60])(
    'counts the time that has passed when the wall clock is set by %i min, through a reload, too',
    async (minutes) => {
      const notifier = await bench.start({ escalate });
      notifier.dispatch([alert()]);
      await bench.pass(minute, minute);
      bench.clock.jump(minutes * minute);
      const receivers = ['ops', 'lead', 'owner'].map((name) => ({ name, channels: [bench.channel(name)] }));
      await notifier.reconfigure({ route: route({ receiver: 'ops', escalate }), receivers });
      await bench.pass(4 * minute - 1, minute);
      expect(counts()).toEqual([1, 0, 0]);
      await bench.pass(2);
      expect(counts()).toEqual([1, 1, 0]);
    },
  );

  it('counts anew from the end of an acknowledgement', async () => {
    const notifier = await bench.start({ escalate });
    const a = alert();
    notifier.dispatch([a]);
    notifier.dispatch([acknowledged(a, bench.clock.now())]);
    await bench.pass(60 * minute, 10 * minute);
    notifier.dispatch([a]);
    await bench.pass(4 * minute, minute);
    expect(counts().slice(1)).toEqual([0, 0]);
    await bench.pass(minute, minute);
    expect(counts().slice(1)).toEqual([1, 0]);
  });

  it('stops repeats to a step once the alert is acknowledged, and still tells it the end', async () => {
    const notifier = await bench.start({ escalate, repeatIntervalMs: minute });
    const a = alert();
    notifier.dispatch([a]);
    await bench.pass(5 * minute, minute);
    expect(bench.channel('lead').got).toHaveLength(1);
    const inHand = acknowledged(a, bench.clock.now());
    notifier.dispatch([inHand]);
    await bench.pass(10 * minute, minute);
    expect(bench.channel('lead').got).toHaveLength(1);
    notifier.dispatch([resolved(inHand, bench.clock.now())]);
    await bench.pass(2_000);
    expect(heard(bench.channel('lead'))).toEqual([`firing:${a.id}`, `resolved:${a.id}`]);
  });

  describe('after a kill', () => {
    it('takes a step that fell due meanwhile, and none twice', async () => {
      const a = alert();
      (await bench.start({ escalate })).dispatch([a]);
      await bench.pass(5 * minute, minute);
      expect(counts()).toEqual([1, 1, 0]);
      bench.kill();
      await bench.pass(11 * minute, minute);
      await bench.start({ escalate }, { active: [a] });
      await bench.pass(2_000);
      expect(counts()).toEqual([0, 0, 1]);
    });

    it('tells a step the end of what ended meanwhile', async () => {
      const a = alert();
      (await bench.start({ escalate })).dispatch([a]);
      await bench.pass(5 * minute, minute);
      bench.kill();
      await bench.start({ escalate }, { past: [resolved(a, bench.clock.now())] });
      await bench.pass(2_000);
      expect(heard(bench.channel('lead'))).toEqual([`resolved:${a.id}`]);
    });
  });
});

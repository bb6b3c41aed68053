import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InhibitRule } from './inhibition/inhibit-rule.js';
import { listAlerts, previewSilence, summarizeAlerts } from './index.js';
import { AlertRoom } from './testing/alert-room.js';

const minute = 60_000;
const inhibitRules: readonly InhibitRule[] = [
  { name: 'down', sourceMatchers: ['severity="critical"'], targetMatchers: ['severity="warning"'], equal: ['venue'] },
];
const cause = { alertname: 'Down', severity: 'critical', venue: 'binance' };
const effect = { alertname: 'Slow', severity: 'warning', venue: 'binance' };

describe('alerts that nobody is to be told of', () => {
  let room: AlertRoom;

  beforeEach(async () => {
    room = await AlertRoom.open({ inhibitRules });
    room.alerts.start();
  });
  afterEach(() => room.close());

  const silence = async (matchers: readonly string[], forMs = 10 * minute, more: object = {}): Promise<string> => {
    const now = room.clock.now();
    const answer = await room.alerts.silences.set({
      matchers,
      endsAt: now + forMs,
      createdBy: 'jin',
      comment: 'known',
      ...more,
    });
    if (!answer.ok) throw new Error(answer.refusal.message);
    return answer.value.id;
  };

  it('come with the silences that cover them from the first hand-over on', async () => {
    const id = await silence(['venue="binance"']);
    room.fire(cause);
    await room.pass(0);
    expect(room.handed).toEqual([[expect.objectContaining({ name: 'Down', silencedBy: [id] })]]);
    expect(room.kindsOf('Down')).toEqual(['firing', 'silenced']);
    expect(room.published[1]).toMatchObject({ kind: 'silenced', state: 'firing', note: `${id} by jin: known` });
    expect(await summarizeAlerts(room.alerts)).toMatchObject({ firing: 1, silenced: 1 });
  });

  it('are handed over when a silence is made, and again when it is ended', async () => {
    room.fire(cause);
    room.fire(effect);
    await room.pass(0);
    room.handed.length = 0;
    const id = await silence(['alertname="Slow"']);
    await room.pass(0);
    expect(room.handed.flat()).toMatchObject([{ name: 'Slow', silencedBy: [id] }]);
    await room.alerts.silences.expire(id);
    await room.pass(0);
    expect(room.told('Slow')?.silencedBy).toBeUndefined();
    expect(room.kindsOf('Slow')).toEqual(['firing', 'inhibited', 'silenced', 'unsilenced']);
    expect(room.told('Down')).toBeUndefined();
  });

  it('are covered from the first moment of a silence, also when the timer is late', async () => {
    room.fire(cause);
    const id = await silence(['venue="binance"'], 3 * minute, { startsAt: room.clock.now() + 300 });
    await room.pass(0);
    const alertId = room.active('Down')?.id ?? '';
    room.clock.jump(299);
    expect(room.alerts.current(alertId)?.silencedBy).toBeUndefined();
    room.clock.jump(1);
    expect(room.alerts.current(alertId)?.silencedBy).toEqual([id]);
  });

  it('know over a restart when a silence of theirs last ended, also while the program was away', async () => {
    room.fire(cause);
    const id = await silence(['venue="binance"']);
    await room.pass(minute);
    await room.alerts.silences.expire(id);
    await room.pass(0);
    const freedAt = room.clock.now();
    expect(room.active('Down')?.freedAt).toBe(freedAt);
    await room.pass(minute);
    await room.alerts.stop();
    await room.reopen({ inhibitRules });
    expect(room.active('Down')?.freedAt).toBe(freedAt);
    await silence(['alertname="Down"'], 2 * minute);
    await room.pass(1_000);
    await room.alerts.stop();
    room.clock.jump(10 * minute);
    await room.reopen({ inhibitRules });
    expect(room.active('Down')?.freedAt).toBe(room.clock.now());
  });

  it('see a silence begin and end within a second, without any evaluation, and when the clock is set', async () => {
    room.fire(cause);
    const id = await silence(['venue="binance"'], 3 * minute, { startsAt: room.clock.now() + minute + 300 });
    await room.pass(minute + 299);
    expect(room.active('Down')?.silencedBy).toBeUndefined();
    await room.pass(2);
    expect(room.active('Down')?.silencedBy).toEqual([id]);
    room.clock.jump(-minute);
    await room.pass(1_000);
    expect(room.active('Down')?.silencedBy).toBeUndefined();
    room.clock.jump(2 * minute);
    await room.pass(1_000);
    expect(room.active('Down')?.silencedBy).toEqual([id]);
    room.clock.jump(60 * minute);
    await room.pass(1_000);
    expect(room.told('Down')?.silencedBy).toBeUndefined();
    expect(room.kindsOf('Down')).toEqual(['firing', 'silenced', 'unsilenced', 'silenced', 'unsilenced']);
  });

  it('follow a silence that comes back', async () => {
    room.clock.jump(Date.UTC(2029, 0, 1, 8, 59) - room.clock.now());
    room.fire(cause);
    await silence(['venue="binance"'], 48 * 60 * minute, {
      recurring: [{ times: [{ start_time: '09:00', end_time: '09:02' }] }],
    });
    const seen: boolean[] = [];
    for (let i = 0; i < 5; i++) {
      await room.pass(minute);
      seen.push(room.active('Down')?.silencedBy !== undefined);
    }
    expect(seen).toEqual([true, true, false, false, false]);
  });

  it('know a second silence, and stay silenced while one is left', async () => {
    room.fire(cause);
    const first = await silence(['venue="binance"'], minute);
    const second = await silence(['alertname="Down"'], 5 * minute);
    expect(room.active('Down')?.silencedBy).toEqual([first, second]);
    await room.pass(minute);
    expect(room.active('Down')?.silencedBy).toEqual([second]);
    expect(room.kindsOf('Down')).toEqual(['firing', 'silenced', 'silenced']);
  });

  it('see each other before anybody is told, when they fire in one tick in different groups, in either order', async () => {
    room.fire(effect);
    room.fire(cause);
    await room.pass(0);
    const id = room.told('Down')?.id ?? '';
    expect(room.handed.flat().filter(({ name }) => name === 'Slow')).toMatchObject([{ inhibitedBy: [id] }]);
    expect(room.published.find(({ kind }) => kind === 'inhibited')).toMatchObject({ note: `Down ${id}` });
  });

  it('see each other, too, when another program posts them in one request', async () => {
    const posted = (labels: Readonly<Record<string, string>>) => ({
      labels,
      annotations: {},
      endsAt: room.clock.now() + minute,
    });
    await room.alerts.post([posted(effect), posted(cause)]);
    await room.pass();
    expect(room.handed.flat().filter(({ name }) => name === 'Slow')).toMatchObject([
      { inhibitedBy: [room.told('Down')?.id] },
    ]);
    await room.pass(2 * minute);
    expect(room.kindsOf('Slow').filter((kind) => kind !== 'uninhibited')).toEqual(['firing', 'inhibited', 'resolved']);
  });

  it('are handed over again when what inhibits them is resolved, by its rule or by hand', async () => {
    for (const end of [
      async () => room.resolve(cause),
      () => room.alerts.resolve(room.told('Down')?.id ?? '', 'jin'),
    ]) {
      room.fire(cause);
      room.fire(effect);
      await room.pass(10);
      expect(room.told('Slow')?.inhibitedBy).toHaveLength(1);
      await end();
      await room.pass(10);
      expect(room.told('Slow')).toMatchObject({ state: 'firing' });
      expect(room.told('Slow')?.inhibitedBy).toBeUndefined();
      room.resolve(effect);
      room.resolve(cause);
      await room.pass(10);
    }
    expect(room.published.filter(({ kind }) => kind === 'uninhibited').map(({ note }) => note?.split(' ')[0])).toEqual([
      'Down',
      'Down',
    ]);
  });

  it('stay inhibited by one that is silenced', async () => {
    await silence(['alertname="Down"']);
    room.fire(cause);
    room.fire(effect);
    await room.pass(0);
    expect(room.told('Slow')?.inhibitedBy).toHaveLength(1);
  });

  it('stay inhibited and silenced over a restart, before anybody is told', async () => {
    room.fire(cause);
    room.fire(effect);
    const id = await silence(['alertname="Down"']);
    await room.alerts.stop();
    const before = room.published.length;
    room.handed.length = 0;
    await room.reopen({ inhibitRules });
    expect(room.active('Slow')?.inhibitedBy).toEqual([room.active('Down')?.id]);
    expect(room.active('Down')?.silencedBy).toEqual([id]);
    await room.pass(0);
    expect([room.handed, room.published.length]).toEqual([[], before]);
  });

  it('have it in their history when a silence ended while the program was down, and nobody is told before the start', async () => {
    room.fire(cause);
    await silence(['alertname="Down"'], minute);
    await room.alerts.stop();
    room.clock.jump(5 * minute);
    room.handed.length = 0;
    await room.reopen({ inhibitRules });
    expect(room.active('Down')?.silencedBy).toBeUndefined();
    await room.pass(0);
    expect(room.handed).toEqual([]);
    expect(room.published.at(-1)).toMatchObject({ kind: 'unsilenced' });
  });

  it('take other inhibition rules at once', async () => {
    room.fire(cause);
    room.fire(effect);
    await room.pass(0);
    room.alerts.swapInhibitRules([]);
    await room.pass(0);
    expect(room.told('Slow')?.inhibitedBy).toBeUndefined();
    room.alerts.swapInhibitRules(inhibitRules);
    await room.pass(0);
    expect(room.told('Slow')?.inhibitedBy).toHaveLength(1);
  });

  it('are found by the filter, in memory and in history', async () => {
    await silence(['alertname="Down"']);
    room.fire(cause);
    room.fire({ alertname: 'Other' });
    await room.pass(0);
    room.resolve(cause);
    room.fire({ ...cause, venue: 'kraken' });
    await room.pass(0);
    const names = async (silenced: boolean, states?: readonly ('firing' | 'resolved')[]) => {
      const page = await listAlerts(room.alerts, {
        first: 10,
        filter: { silenced, ...(states === undefined ? {} : { states }) },
      });
      return page.ok ? [page.value.totalCount, ...page.value.items.map(({ node }) => node.labels.get('venue'))] : [];
    };
    expect(await names(true)).toEqual([1, 'kraken']);
    expect(await names(false)).toEqual([1, '']);
    expect((await names(true, ['firing', 'resolved'])).toSorted()).toEqual([2, 'binance', 'kraken']);
    expect(await names(false, ['resolved'])).toEqual([0]);
  });

  it('are previewed: what a silence would cover now, and would have covered', async () => {
    room.fire(cause);
    await room.pass(0);
    room.resolve(cause);
    await room.pass(minute);
    room.fire(cause);
    room.fire({ ...cause, venue: 'kraken' });
    await room.pass(0);
    const preview = await previewSilence(room.alerts, ['venue="binance"'], room.clock.now() - 10 * minute);
    expect(preview).toMatchObject({
      ok: true,
      value: { active: [{ name: 'Down', state: 'firing' }], pastCount: 2, past: [{ state: 'resolved' }] },
    });
    expect(await previewSilence(room.alerts, ['venue="binance"'], room.clock.now() - 1)).toMatchObject({
      value: { pastCount: 1, past: [] },
    });
    expect(await previewSilence(room.alerts, ['venue=~".*"'], 0)).toMatchObject({ ok: false });
  });

  it('cost little, however many alerts and silences there are', async () => {
    for (let i = 0; i < 100; i++) await silence([`venue="v${i}"`, `n=~"${i}."`]);
    const alerts = 2_000;
    for (let i = 0; i < alerts; i++) room.fire({ alertname: 'A', n: String(i), venue: `v${Math.floor(i / 20)}` });
    await room.pass(0);
    // Once known, an alert is held against silences that are new, and against no others.
    let asked = 0;
    const { coverOf } = room.alerts.silences;
    room.alerts.silences.coverOf = (labels, known) => {
      const cover = coverOf.call(room.alerts.silences, labels, known);
      if (cover !== known) asked++;
      return cover;
    };
    for (let i = 0; i < 10; i++) await room.pass(1_000);
    expect(asked).toBe(0);
    await silence(['venue="v1"']);
    expect(asked).toBe(alerts);
  });
});

describe('an acknowledgement with an end', () => {
  it('comes back when its time is up, without any evaluation, also when it ran out while the program was down', async () => {
    const room = await AlertRoom.open();
    room.alerts.start();
    room.fire(cause);
    await room.pass(0);
    const id = room.told('Down')?.id ?? '';
    const acknowledge = () => room.alerts.acknowledge(id, { by: 'jin', until: room.clock.now() + 90_300 });
    await acknowledge();
    room.handed.length = 0;
    await room.pass(90_299);
    expect(room.active('Down')?.acknowledgement).toBeDefined();
    await room.pass(1);
    expect(room.told('Down')).toMatchObject({ state: 'firing' });
    expect(room.told('Down')?.acknowledgement).toBeUndefined();

    await acknowledge();
    await room.alerts.stop();
    room.clock.jump(10 * minute);
    await room.reopen();
    // Whoever tells people is given it acknowledged, and hears of the end once it has been started.
    expect(room.active('Down')?.acknowledgement).toBeDefined();
    room.handed.length = 0;
    room.alerts.start();
    await room.pass(0);
    expect(room.told('Down')).toMatchObject({ state: 'firing' });
    expect(room.told('Down')?.acknowledgement).toBeUndefined();
    expect(room.published.slice(-1)).toMatchObject([{ kind: 'unacknowledged', note: 'its time is up' }]);
    await room.close();
  });
});

describe('an alert that was resolved by hand', () => {
  it('stays resolved over a restart until its rule has cleared once', async () => {
    const room = await AlertRoom.open();
    room.fire(cause);
    await room.pass(0);
    await room.alerts.resolve(room.told('Down')?.id ?? '', 'jin', 'known');
    await room.alerts.stop();
    await room.reopen();
    const again = room.instance(cause, room.clock.now());
    expect(room.alerts.instances()).toHaveLength(1);
    room.alerts.accept({ at: room.clock.now(), group: 'g', transitions: [], active: [again] });
    expect(room.alerts.active()).toEqual([]);
    room.resolve(cause);
    await room.pass(1_000);
    room.fire(cause);
    await room.pass(0);
    expect(room.active('Down')).toMatchObject({ state: 'firing' });
    await room.close();
  });
});

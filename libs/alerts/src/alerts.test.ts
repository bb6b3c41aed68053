import { createNoopMeter } from '@opentelemetry/api';
import { openTestDatabase } from '@tapewatch/database/testing';
import type { Database } from '@tapewatch/database';
import {
  Labels,
  type Alert,
  type AlertEvent,
  type AlertInstance,
  type Evaluation,
  type RuleTransition,
} from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertId, alertMigrations, Alerts, listAlerts, summarizeAlerts } from './index.js';

const rule = { group: 'exchange', name: 'ExchangeFeedStale' };
const labels = Labels.of({ alertname: 'ExchangeFeedStale', severity: 'critical', venue: 'binance' });

function instance(overrides: Partial<AlertInstance> = {}): AlertInstance {
  return {
    rule,
    labels,
    annotations: { summary: 'stale' },
    value: 12,
    state: 'firing',
    startsAt: 1_000,
    firedAt: 1_000,
    ...overrides,
  };
}

function evaluation(at: number, transitions: readonly RuleTransition[], active: readonly AlertInstance[]): Evaluation {
  return { at, group: 'exchange', transitions, active };
}

const transition = (kind: RuleTransition['kind'], at: number, of: AlertInstance = instance()): RuleTransition => ({
  kind,
  at,
  instance: of,
});

describe('Alerts', () => {
  let database: Database;
  let clock: FakeClock;
  let published: AlertEvent[];
  let dispatched: Alert[];
  let logger: RecordingLogger;

  const open = (): Promise<Alerts> =>
    Alerts.open({
      database,
      dispatch: { dispatch: (alerts) => void dispatched.push(...alerts) },
      publish: (event) => void published.push(event),
      clock,
      logger,
      meter: createNoopMeter(),
    });
  /** The journal writes in the background; a stop waits for it. */
  const settled = async (alerts: Alerts): Promise<void> => alerts.stop();

  beforeEach(async () => {
    database = await openTestDatabase(alertMigrations);
    clock = new FakeClock();
    published = [];
    dispatched = [];
    logger = new RecordingLogger();
  });
  afterEach(() => database.close());

  it('follows an alert from pending over firing to resolved, with a row and an event for each', async () => {
    const alerts = await open();
    const pending = instance({ state: 'pending' });
    const { firedAt: _none, ...notFired } = pending;
    alerts.accept(evaluation(1_000, [transition('pending', 1_000, notFired)], [notFired]));
    alerts.accept(
      evaluation(4_000, [transition('firing', 4_000, instance({ firedAt: 4_000 }))], [instance({ firedAt: 4_000 })]),
    );
    alerts.accept(evaluation(9_000, [transition('resolved', 9_000, instance({ firedAt: 4_000 }))], []));
    await settled(alerts);
    expect(published.map(({ kind, state }) => [kind, state])).toEqual([
      ['pending', 'pending'],
      ['firing', 'firing'],
      ['resolved', 'resolved'],
    ]);
    expect(dispatched.map(({ state }) => state)).toContain('resolved');
    const alert = await alerts.find(alertId(instance()));
    expect(alert).toMatchObject({
      state: 'resolved',
      startsAt: 1_000,
      firedAt: 4_000,
      endsAt: 9_000,
      name: 'ExchangeFeedStale',
    });
    expect(alerts.active()).toEqual([]);
  });

  it('ends a pending alert that never fired as inactive, and tells nobody', async () => {
    const alerts = await open();
    const { firedAt: _none, ...pending } = instance({ state: 'pending' });
    alerts.accept(evaluation(1_000, [transition('pending', 1_000, pending)], [pending]));
    alerts.accept(evaluation(2_000, [transition('inactive', 2_000, pending)], []));
    await settled(alerts);
    expect(published.map(({ kind }) => kind)).toEqual(['pending', 'inactive']);
    expect(dispatched).toEqual([]);
  });

  it('tells the end of an alert that has fired, also when a change of its rule had pulled it back to pending', async () => {
    const alerts = await open();
    alerts.accept(evaluation(1_000, [transition('firing', 1_000)], [instance()]));
    const { firedAt: _none, ...pulledBack } = instance({ state: 'pending' });
    alerts.accept(evaluation(2_000, [transition('pending', 2_000, pulledBack)], [pulledBack]));
    alerts.accept(evaluation(3_000, [transition('inactive', 3_000, pulledBack)], []));
    await settled(alerts);
    expect(dispatched.map(({ state }) => state)).toContain('resolved');
    expect(await alerts.find(alertId(instance()))).toMatchObject({ state: 'resolved', endsAt: 3_000 });
  });

  it('tells nobody of an acknowledgement of an alert that never fired', async () => {
    const alerts = await open();
    const { firedAt: _none, ...pending } = instance({ state: 'pending' });
    alerts.accept(evaluation(1_000, [transition('pending', 1_000, pending)], [pending]));
    await alerts.acknowledge(alertId(pending), { by: 'jin' });
    await settled(alerts);
    expect(dispatched).toEqual([]);
  });

  it('hands its rules back what was under way when the program was killed', async () => {
    const first = await open();
    const held = instance({ labels: Labels.of({ alertname: 'B' }), startsAt: 2_000, firedAt: 2_500 });
    const keeping = instance({ keepFiringSince: 7_123 });
    first.accept(
      evaluation(3_000, [transition('firing', 3_000), transition('firing', 3_000, held)], [instance(), held]),
    );
    first.accept(evaluation(8_000, [], [keeping, held]));
    await first.resolve(alertId(held), 'jin', 'known');
    await settled(first);
    const second = await open();
    expect(second.instances()).toEqual(expect.arrayContaining([keeping, held]));
    expect(second.instances()).toHaveLength(2);
    expect(second.active().map(({ id }) => id)).toEqual([alertId(instance())]);
  });

  it('keeps an acknowledgement over a restart, with who, when, note and until', async () => {
    const first = await open();
    first.accept(evaluation(1_000, [transition('firing', 1_000)], [instance()]));
    const until = clock.now() + 60_000;
    const answer = await first.acknowledge(alertId(instance()), { by: 'jin', note: 'on it', until });
    expect(answer).toMatchObject({
      ok: true,
      value: { acknowledgement: { by: 'jin', note: 'on it', until, at: clock.now() } },
    });
    await settled(first);
    expect((await open()).active()[0]?.acknowledgement).toEqual({ by: 'jin', note: 'on it', until, at: clock.now() });
    expect(published.at(-1)).toMatchObject({ kind: 'acknowledged', by: 'jin', note: 'on it' });
  });

  it('hands over the beginning and the end of what came and went while the disk was busy', async () => {
    const alerts = await open();
    const other = instance({ labels: Labels.of({ alertname: 'Other' }) });
    alerts.accept(evaluation(1_000, [transition('firing', 1_000, other)], [other]));
    await Promise.resolve();
    alerts.accept(evaluation(2_000, [transition('firing', 2_000)], [instance()]));
    await Promise.resolve();
    alerts.accept(evaluation(3_000, [transition('resolved', 3_000)], []));
    await settled(alerts);
    expect(dispatched.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Other firing',
      'ExchangeFeedStale firing',
      'ExchangeFeedStale resolved',
    ]);
  });

  it('takes an acknowledgement back when its time is up, and says so to people again', async () => {
    const alerts = await open();
    alerts.accept(evaluation(1_000, [transition('firing', 1_000)], [instance()]));
    await alerts.acknowledge(alertId(instance()), { by: 'jin', until: clock.now() + 5_000 });
    dispatched = [];
    await clock.advance(4_999);
    // Ticks may be ahead of a wall clock that was set back.
    alerts.accept(evaluation(clock.now() + 3_600_000, [], [instance()]));
    expect(alerts.active()[0]?.acknowledgement).toBeDefined();
    await clock.advance(1);
    alerts.accept(evaluation(clock.now(), [], [instance()]));
    await settled(alerts);
    expect(alerts.active()[0]?.acknowledgement).toBeUndefined();
    expect(published.at(-1)).toMatchObject({ kind: 'unacknowledged', note: 'its time is up' });
    expect(dispatched).toHaveLength(1);
  });

  it('keeps an alert that was resolved by hand resolved until its rule has cleared once', async () => {
    const alerts = await open();
    alerts.accept(evaluation(1_000, [transition('firing', 1_000)], [instance()]));
    const answer = await alerts.resolve(alertId(instance()), 'jin', 'maintenance');
    expect(answer).toMatchObject({
      ok: true,
      value: { state: 'resolved', resolvedBy: 'jin', resolutionReason: 'maintenance' },
    });
    alerts.accept(evaluation(2_000, [], [instance({ value: 99 })]));
    expect(alerts.active()).toEqual([]);
    alerts.accept(evaluation(3_000, [transition('resolved', 3_000)], []));
    const again = instance({ startsAt: 4_000, firedAt: 4_000 });
    alerts.accept(evaluation(4_000, [transition('firing', 4_000, again)], [again]));
    await settled(alerts);
    expect(alerts.active().map(({ id }) => id)).toEqual([alertId(again)]);
    expect(published.map(({ kind }) => kind)).toEqual(['firing', 'resolved', 'firing']);
    expect(await alerts.find(alertId(instance()))).toMatchObject({ resolvedBy: 'jin', state: 'resolved' });
  });

  it('refuses commands that make no sense, with the reason', async () => {
    const alerts = await open();
    expect(await alerts.acknowledge('nope', { by: 'jin' })).toMatchObject({
      ok: false,
      refusal: { code: 'NOT_FOUND' },
    });
    alerts.accept(evaluation(1_000, [transition('firing', 1_000)], [instance()]));
    const id = alertId(instance());
    expect(await alerts.unacknowledge(id, 'jin')).toMatchObject({ ok: false, refusal: { code: 'CONFLICT' } });
    expect(await alerts.acknowledge(id, { by: 'jin', until: 5 })).toMatchObject({
      ok: false,
      refusal: { code: 'INVALID_INPUT', path: 'until' },
    });
    await alerts.resolve(id, 'jin');
    expect(await alerts.resolve(id, 'kim')).toMatchObject({ ok: false, refusal: { code: 'CONFLICT' } });
    await settled(alerts);
  });

  it('ends alerts whose rule is gone', async () => {
    const alerts = await open();
    alerts.accept(evaluation(1_000, [transition('firing', 1_000)], [instance()]));
    alerts.abandon(alerts.instances(), 5_000);
    await settled(alerts);
    expect(published.at(-1)).toMatchObject({ kind: 'resolved', note: 'the rule is gone' });
  });

  it('tells people also while history cannot be written, and writes it when it can', async () => {
    const alerts = await open();
    const { transaction } = database;
    let broken = true;
    database.transaction = (work) => (broken ? Promise.reject(new Error('disk full')) : transaction(work));
    alerts.accept(evaluation(1_000, [transition('firing', 1_000)], [instance()]));
    await clock.advance(1_000);
    expect([dispatched.length, alerts.durable]).toEqual([1, false]);
    broken = false;
    await clock.advance(10_000);
    await settled(alerts);
    expect([dispatched.length, alerts.durable]).toEqual([1, true]);
    expect(published.map(({ kind }) => kind)).toEqual(['firing']);
  });

  it('writes nothing twice when whoever comes next throws', async () => {
    const alerts = await Alerts.open({
      database,
      dispatch: {
        dispatch: () => {
          throw new Error('bug');
        },
      },
      publish: (event) => void published.push(event),
      clock,
      logger,
      meter: createNoopMeter(),
    });
    alerts.accept(evaluation(1_000, [transition('firing', 1_000)], [instance()]));
    await settled(alerts);
    expect(published.map(({ kind }) => kind)).toEqual(['firing']);
    expect(await alerts.history.head()).toBe(1);
  });

  it('says that a command could not be kept when the disk does not take it in time', async () => {
    const alerts = await open();
    alerts.accept(evaluation(1_000, [transition('firing', 1_000)], [instance()]));
    await clock.advance(10);
    database.transaction = () => Promise.reject(new Error('disk full'));
    const answer = alerts.acknowledge(alertId(instance()), { by: 'jin' });
    await clock.advance(6_000);
    expect(await answer).toMatchObject({ ok: false, refusal: { code: 'UNAVAILABLE' } });
  });

  it('numbers events without gap or repeat, and reads back what was missed', async () => {
    const alerts = await open();
    for (let i = 0; i < 30; i++) {
      const one = instance({ labels: Labels.of({ alertname: 'A', n: String(i) }) });
      alerts.accept(evaluation(1_000 + i, [transition('firing', 1_000 + i, one)], [one]));
    }
    await settled(alerts);
    const cursors = published.map(({ cursor }) => cursor);
    expect(cursors).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect((await alerts.history.since(25, 100)).map(({ cursor }) => cursor)).toEqual([26, 27, 28, 29, 30]);
    expect(await alerts.history.head()).toBe(30);
    expect(await alerts.history.eventsOf(published[3]?.alertId ?? '', 10)).toEqual([published[3]]);
  });

  it('reads back what fired in a stretch of time, with what happened to it then', async () => {
    const alerts = await open();
    const of = (venue: string, firedAt: number) =>
      instance({ labels: labels.with({ venue }), startsAt: firedAt, firedAt });
    const [past, before, within, running] = [
      of('past', 1_000),
      of('before', 2_000),
      of('within', 12_000),
      of('runs', 13_000),
    ];
    const pending = instance({ labels: labels.with({ venue: 'pending' }), state: 'pending', startsAt: 14_000 });
    const { firedAt: _never, ...unfired } = pending;
    alerts.accept(
      evaluation(1_000, [transition('firing', 1_000, past), transition('firing', 2_000, before)], [past, before]),
    );
    alerts.accept(evaluation(9_000, [transition('resolved', 9_000, past)], [before]));
    const id = alertId(before);
    clock.jump(15_000 - clock.now());
    await alerts.acknowledge(id, { by: 'jin' });
    alerts.accept(
      evaluation(
        16_000,
        [
          transition('resolved', 16_000, before),
          transition('firing', 12_000, within),
          transition('firing', 13_000, running),
          transition('pending', 14_000, unfired),
          transition('resolved', 25_000, within),
        ],
        [running, unfired],
      ),
    );
    await settled(alerts);
    const found = await alerts.history.firedBetween(10_000, 20_000);
    expect(
      found.map(({ alert, events }) => [alert.labels.get('venue'), events.map(({ kind, by }) => by ?? kind)]),
    ).toEqual([
      ['before', ['jin', 'resolved']],
      ['within', ['firing']],
      ['runs', ['firing']],
    ]);
    expect(found[0]).toMatchObject({ firstAcknowledgedAt: 15_000 });
    expect((await alerts.history.firedBetween(9_000, 9_001)).map(({ alert }) => alert.labels.get('venue'))).toEqual([
      'past',
      'before',
    ]);
    expect(await alerts.history.firedBetween(0, 1_000)).toEqual([]);
  });
});

describe('listAlerts', () => {
  let database: Database;
  let alerts: Alerts;

  beforeEach(async () => {
    database = await openTestDatabase(alertMigrations);
    alerts = await Alerts.open({
      database,
      dispatch: { dispatch: () => undefined },
      publish: () => undefined,
      clock: new FakeClock(),
      logger: new RecordingLogger(),
      meter: createNoopMeter(),
    });
    for (let i = 0; i < 25; i++) {
      const one = instance({
        labels: Labels.of({
          alertname: 'A',
          n: String(i),
          severity: i % 2 === 0 ? 'critical' : 'warning',
          venue: i < 5 ? 'kraken' : 'binance',
        }),
        startsAt: 1_000 + Math.floor(i / 2),
        firedAt: 2_000,
      });
      alerts.accept(evaluation(2_000, [transition('firing', 2_000, one)], [one]));
      if (i >= 20) alerts.accept(evaluation(3_000, [transition('resolved', 3_000, one)], []));
    }
    await alerts.stop();
  });
  afterEach(() => database.close());

  const walk = async (filter: Parameters<typeof listAlerts>[1]['filter'], first: number): Promise<readonly Alert[]> => {
    const found: Alert[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await listAlerts(alerts, {
        first,
        ...(filter === undefined ? {} : { filter }),
        ...(after === undefined ? {} : { after }),
      });
      if (!page.ok) throw new Error(page.refusal.message);
      found.push(...page.value.items.map(({ node }) => node));
      if (!page.value.hasNextPage) return found;
      after = page.value.items.at(-1)?.cursor;
    }
  };

  it('pages through all of them once, newest start first, from memory and from history alike', async () => {
    for (const filter of [undefined, { states: ['firing', 'resolved'] as const }]) {
      const all = await walk(filter, 7);
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      expect(all).toHaveLength(filter === undefined ? 20 : 25);
      const starts = all.map(({ startsAt }) => startsAt);
      expect(starts).toEqual([...starts].sort((a, b) => b - a));
    }
  });

  it('filters by severity, matcher and time', async () => {
    expect(await walk({ severities: ['critical'] }, 50)).toHaveLength(10);
    expect(await walk({ matchers: ['venue=~"kra.*"'] }, 50)).toHaveLength(5);
    expect(
      await walk({ matchers: ['venue="binance"', 'severity!="critical"'], states: ['resolved'] }, 50),
    ).toHaveLength(2);
    expect(await walk({ since: 1_008 }, 50)).toHaveLength(4);
    expect(await walk({ acknowledged: true }, 50)).toHaveLength(0);
  });

  it('counts what the filter lets through, whatever the page', async () => {
    expect(await listAlerts(alerts, { first: 1, filter: { states: ['resolved'] } })).toMatchObject({
      ok: true,
      value: { totalCount: 5, hasNextPage: true },
    });
    expect(
      await listAlerts(alerts, { first: 1, filter: { states: ['resolved'], matchers: ['severity="critical"'] } }),
    ).toMatchObject({ ok: true, value: { totalCount: 3 } });
  });

  it('refuses a cursor and a matcher that are none', async () => {
    expect(await listAlerts(alerts, { first: 1, after: 'x' })).toMatchObject({ ok: false, refusal: { path: 'after' } });
    expect(await listAlerts(alerts, { first: 1, filter: { matchers: ['venue=~"("'] } })).toMatchObject({
      ok: false,
      refusal: { path: 'filter.matchers' },
    });
  });

  it('sums up', async () => {
    expect(await summarizeAlerts(alerts)).toEqual({
      firing: 20,
      pending: 0,
      acknowledged: 0,
      silenced: 0,
      historyTotal: 25,
      bySeverity: { critical: 10, warning: 10 },
      byName: { A: 20 },
      lastFiredAt: 2_000,
      meanTimeToResolveMs: 1_000,
    });
  });
});

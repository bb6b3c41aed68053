import { createNoopMeter } from '@opentelemetry/api';
import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import type { Alert, AlertEvent } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Alerts, type AlertLimit, type PostedAlert, type RaisedAlert } from '../index.js';
import { alertMigrations, type AlertTables } from '../tables.js';

const minute = 60_000;

describe('alerts of other programs', () => {
  let database: Database;
  let clock: FakeClock;
  let published: AlertEvent[];
  let dispatched: Alert[];
  let heldBack: string[];
  let alerts: Alerts;
  let begun: number;

  const open = (limits: readonly AlertLimit[] = []): Promise<Alerts> =>
    Alerts.open({
      database,
      dispatch: { dispatch: (some) => void dispatched.push(...some) },
      publish: (event) => void published.push(event),
      suppressed: (alert, reason) => void heldBack.push(`${alert.name}: ${reason}`),
      limits,
      clock,
      logger: new RecordingLogger(),
      meter: createNoopMeter(),
    });
  const post = async (posted: Partial<PostedAlert> = {}): Promise<void> => {
    const result = await alerts.post([{ labels: { alertname: 'Theirs' }, annotations: {}, ...posted }]);
    expect(result.ok).toBe(true);
  };
  /** The journal writes in the background; the next command waits for what is before it. */
  const kinds = async (): Promise<readonly string[]> => {
    await post({ labels: { alertname: 'Other' }, endsAt: clock.now() });
    await alerts.history.head();
    await expect.poll(() => published.length).toBeGreaterThan(0);
    return published.map(({ kind }) => kind);
  };
  const soon = (ms: number): number => begun + ms;

  beforeEach(async () => {
    database = await openTestDatabase(alertMigrations);
    clock = new FakeClock();
    begun = clock.now();
    [published, dispatched, heldBack] = [[], [], []];
    alerts = await open();
  });
  afterEach(async () => {
    await alerts.stop();
    await database.close();
  });

  it('begin with the first word, go on with every other, and end when nobody repeats them', async () => {
    await post();
    expect(alerts.active().map(({ name, state }) => [name, state])).toEqual([['Theirs', 'firing']]);
    await clock.advance(4 * minute);
    await post({ annotations: { summary: 'newer' } });
    expect(alerts.active()[0]).toMatchObject({ startsAt: begun, annotations: { summary: 'newer' } });
    await clock.advance(4 * minute);
    expect(alerts.active()).toHaveLength(1);
    await clock.advance(2 * minute);
    expect(alerts.active()).toEqual([]);
    await expect.poll(() => published.map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
    const [ended] = dispatched.filter(({ state }) => state === 'resolved');
    expect(ended).toMatchObject({ endsAt: soon(9 * minute), annotations: { summary: 'newer' } });
  });

  it('end when they say so, and a later word of an earlier end changes nothing', async () => {
    await post({ startsAt: begun });
    await clock.advance(1_000);
    await post({ startsAt: begun, endsAt: soon(900) });
    expect(alerts.active()).toEqual([]);
    await post({ startsAt: begun, endsAt: soon(500) });
    await post({ startsAt: begun, endsAt: soon(950) });
    const ends = dispatched.filter(({ state }) => state === 'resolved').map(({ endsAt }) => endsAt);
    expect(ends).toEqual([soon(900), soon(950)]);
    expect(await kinds()).toEqual(['firing', 'resolved']);
  });

  it('are a new episode when they come back', async () => {
    await post({ startsAt: begun });
    await clock.advance(1_000);
    await post({ startsAt: begun, endsAt: soon(900) });
    await clock.advance(1_000);
    // Whoever sends it still calls it the old one.
    await post({ startsAt: begun });
    const [again] = alerts.active();
    expect(again).toMatchObject({ state: 'firing', startsAt: soon(2_000) });
    expect(new Set(dispatched.map(({ id }) => id)).size).toBe(2);
  });

  it('go on after a restart, and get the time to be heard again', async () => {
    await post({ startsAt: begun, endsAt: soon(4 * minute) });
    await alerts.stop();
    // Away for an hour: the end that was written down is long past, but nobody could be heard.
    clock.jump(60 * minute);
    alerts = await open();
    const [alert] = alerts.active();
    expect(alert).toMatchObject({ state: 'firing', startsAt: begun });
    await post({ startsAt: begun, endsAt: clock.now() + 4 * minute });
    await clock.advance(3 * minute);
    expect(alerts.active().map(({ id }) => id)).toEqual([alert?.id]);
    await clock.advance(2 * minute);
    expect(alerts.active()).toEqual([]);
    expect(dispatched.filter(({ state }) => state === 'firing').map(({ id }) => id)).toEqual([alert?.id]);
  });

  it('that were written down, but had not become alerts when the program died, do at the next start', async () => {
    await post({ startsAt: begun, endsAt: soon(60 * minute) });
    await alerts.stop();
    await database.tables<{ alert: object; alert_event: object }>().deleteFrom('alert').execute();
    alerts = await open();
    expect(alerts.active()).toMatchObject([{ name: 'Theirs', state: 'firing', startsAt: begun }]);
  });

  it('that had ended, but whose end had not been written down when the program died, stay ended at the next start', async () => {
    await post({ startsAt: begun, endsAt: soon(60 * minute) });
    const posted = () => database.tables<AlertTables>();
    const before = await posted().selectFrom('posted_alert').selectAll().execute();
    await clock.advance(1_000);
    await post({ startsAt: begun, endsAt: soon(900) });
    await alerts.stop();
    await posted().deleteFrom('posted_alert').execute();
    await posted().insertInto('posted_alert').values(before).execute();
    for (let i = 0; i < 2; i++) {
      alerts = await open();
      expect(alerts.active()).toEqual([]);
      await alerts.stop();
    }
    alerts = await open();
    expect(await kinds()).toEqual(['firing', 'resolved']);
  });

  it('that end right after a restart are still among what was found there', async () => {
    await post({ startsAt: begun, endsAt: soon(60 * minute) });
    await alerts.stop();
    alerts = await open();
    await post({ startsAt: begun, endsAt: clock.now() });
    expect(alerts.active()).toEqual([]);
    expect(alerts.restored()).toMatchObject([{ name: 'Theirs', state: 'firing', startsAt: begun }]);
  });

  it('are a new episode when they come back after a restart', async () => {
    await post({ startsAt: begun });
    await clock.advance(1_000);
    await post({ startsAt: begun, endsAt: soon(900) });
    await alerts.stop();
    alerts = await open();
    await post({ startsAt: begun });
    expect(alerts.active()).toMatchObject([{ state: 'firing', startsAt: soon(1_000) }]);
    expect(new Set(dispatched.map(({ id }) => id)).size).toBe(2);
  });

  it.each([60, -60])('do not end because the clock jumps by %i minutes', async (minutes) => {
    await post();
    await clock.advance(1_000);
    clock.jump(minutes * minute);
    await clock.advance(3 * minute);
    expect(alerts.active()).toHaveLength(1);
    await clock.advance(3 * minute);
    expect(alerts.active()).toEqual([]);
  });

  it('that a person has resolved stay resolved until they have ended once', async () => {
    await post({ startsAt: begun });
    const id = alerts.active()[0]?.id ?? '';
    await alerts.resolve(id, 'min', 'known');
    await post({ startsAt: begun });
    expect(alerts.active()).toEqual([]);
    await post({ startsAt: begun, endsAt: clock.now() });
    await clock.advance(1_000);
    await post();
    expect(alerts.active()).toHaveLength(1);
    expect(alerts.active()[0]?.id).not.toBe(id);
  });

  describe('raised by name', () => {
    const raised: RaisedAlert = { name: 'OrderRejected', severity: 'critical', title: 'The order was refused' };

    it('stand until somebody resolves them, and can be raised anew', async () => {
      const first = await alerts.raise({ ...raised, message: 'insufficient margin', labels: { bot: 'grid' } });
      expect(first).toMatchObject({
        ok: true,
        value: { name: 'OrderRejected', annotations: { summary: raised.title, description: 'insufficient margin' } },
      });
      await clock.advance(24 * 60 * minute);
      expect(alerts.active()).toHaveLength(1);
      const again = await alerts.raise({ ...raised, labels: { bot: 'grid' } });
      expect(again.ok && first.ok && again.value.id === first.value.id).toBe(true);
      await alerts.resolve(alerts.active()[0]?.id ?? '', 'min');
      await clock.advance(1_000);
      const anew = await alerts.raise({ ...raised, labels: { bot: 'grid' } });
      expect(anew.ok && first.ok && anew.value.id !== first.value.id).toBe(true);
    });

    it('end when they said they would', async () => {
      await alerts.raise({ ...raised, endsAt: soon(10_000) });
      await clock.advance(9_000);
      expect(alerts.active()).toHaveLength(1);
      await clock.advance(2_000);
      expect(alerts.active()).toEqual([]);
    });

    it.each<[string, Partial<RaisedAlert>]>([
      ['input.name', { name: ' ' }],
      ['input.title', { title: '' }],
      ['input.title', { title: 'x'.repeat(5_000) }],
      ['input.labels', { labels: { severity: 'info' } }],
      ['input.labels', { labels: { '': 'x' } }],
      ['input.labels', { labels: { n: 3 as unknown as string } }],
      ['input.endsAt', { endsAt: 1 }],
    ])('are refused for %s', async (path, fault) => {
      expect(await alerts.raise({ ...raised, ...fault })).toMatchObject({
        ok: false,
        refusal: { code: 'INVALID_INPUT', path },
      });
      expect(alerts.active()).toEqual([]);
    });
  });

  describe('under a limit', () => {
    const limit: AlertLimit = { name: 'Spam', maxAlerts: 2, windowMs: 60 * minute, preventDuplicates: false };
    const raise = (bot: string, title = bot) =>
      alerts.raise({ name: 'Spam', severity: 'warning', title, labels: { bot } });

    it('are held back beyond it, in history with the reason, until the window has moved on', async () => {
      await alerts.stop();
      alerts = await open([limit]);
      for (const bot of ['a', 'b', 'c']) await raise(bot);
      expect(alerts.active()).toHaveLength(2);
      expect(heldBack).toEqual(['Spam: rate limit: 2 alerts of this name within 3600 s']);
      await expect.poll(() => published.map(({ kind }) => kind)).toEqual(['firing', 'firing', 'suppressed']);
      const [suppressed] = published.filter(({ kind }) => kind === 'suppressed');
      expect(await alerts.find(suppressed?.alertId ?? '')).toMatchObject({ state: 'inactive', name: 'Spam' });
      // Said again within the window, it is held back without another row.
      expect(await raise('c')).toMatchObject({ ok: false, refusal: { code: 'CONFLICT' } });
      expect(published).toHaveLength(3);
      await clock.advance(61 * minute);
      expect(await raise('c')).toMatchObject({ ok: true });
    });

    it('are counted over a restart', async () => {
      await alerts.stop();
      alerts = await open([limit]);
      await raise('a');
      await raise('b');
      await alerts.stop();
      alerts = await open([limit]);
      expect(await raise('c')).toMatchObject({ ok: false });
    });

    it('are held back when one of the same name, severity and title is active', async () => {
      await alerts.stop();
      alerts = await open([{ name: '*', windowMs: 60 * minute, preventDuplicates: true }]);
      const first = await raise('a', 'the same');
      expect(await raise('b', 'the same')).toMatchObject({ ok: false });
      expect(await raise('c', 'another')).toMatchObject({ ok: true });
      await alerts.resolve(first.ok ? first.value.id : '', 'min');
      expect(await raise('b', 'the same')).toMatchObject({ ok: true });
    });
  });
});

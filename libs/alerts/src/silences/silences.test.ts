import type { Database } from '@tapewatch/database';
import { openTestDatabase } from '@tapewatch/database/testing';
import { Labels, type CommandResult } from '@tapewatch/model';
import { FakeClock, RecordingLogger } from '@tapewatch/model/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertMigrations } from '../tables.js';
import { filterSilences } from './filter-silences.js';
import { matchesAll, type SilenceView } from './silence.js';
import type { WantedSilence } from './silence-draft.js';
import { silenceKeptMs, silenceSweep } from './silence-store.js';
import { Silences, type SilencesOptions } from './silences.js';

const minute = 60_000;
const hour = 60 * minute;

describe('Silences', () => {
  let database: Database;
  let clock: FakeClock;
  let changes: number;
  let silences: Silences;

  const open = async (options: Partial<SilencesOptions> = {}): Promise<Silences> => {
    silences = await Silences.open({
      ...{ database, clock, logger: new RecordingLogger() },
      ...options,
    });
    silences.onChange(() => void changes++);
    return silences;
  };
  const wanted = (overrides: Partial<WantedSilence> = {}): WantedSilence => ({
    matchers: ['venue="binance"'],
    endsAt: clock.now() + hour,
    createdBy: 'jin',
    comment: 'maintenance',
    ...overrides,
  });
  const set = async (overrides: Partial<WantedSilence> = {}): Promise<SilenceView> =>
    made(await silences.set(wanted(overrides)));
  const states = (): readonly string[] => silences.all().map(({ state }) => state);

  beforeEach(async () => {
    database = await openTestDatabase(alertMigrations);
    clock = new FakeClock();
    changes = 0;
    await open();
  });
  afterEach(() => database.close());

  it('is pending, then active, then expired', async () => {
    const { id } = await set({ startsAt: clock.now() + minute });
    expect(silences.find(id)?.state).toBe('pending');
    await clock.advance(minute);
    expect(silences.find(id)?.state).toBe('active');
    await clock.advance(hour - minute - 1);
    expect(silences.find(id)?.state).toBe('active');
    await clock.advance(1);
    expect(silences.find(id)?.state).toBe('expired');
  });

  it('begins now when its start is past or not given, and has a UUID', async () => {
    for (const startsAt of [undefined, clock.now() - hour]) {
      const silence = await set(startsAt === undefined ? {} : { startsAt });
      expect(silence).toMatchObject({ startsAt: clock.now(), state: 'active', updatedAt: clock.now() });
      expect(silence.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it.each<readonly [string, (now: number) => Partial<WantedSilence>, string, RegExp]>([
    ['no matcher', () => ({ matchers: [] }), 'input.matchers', /at least one matcher/],
    ['an empty list of matchers', () => ({ matchers: ['{}'] }), 'input.matchers', /at least one matcher/],
    [
      'matchers that all match what is absent',
      () => ({ matchers: ['a=~".*"', 'b!="x"'] }),
      'input.matchers',
      /empty value/,
    ],
    ['a matcher that is none', () => ({ matchers: ['a="b"', 'venue=~"("'] }), 'input.matchers[1]', /venue/],
    ['an end before its start', (now) => ({ startsAt: now + hour, endsAt: now + minute }), 'input.endsAt', /after/],
    ['an end at its start', (now) => ({ startsAt: now + hour, endsAt: now + hour }), 'input.endsAt', /after/],
    ['an end that is past', (now) => ({ startsAt: now - hour, endsAt: now - 1 }), 'input.endsAt', /past/],
    ['no author', () => ({ createdBy: ' ' }), 'input.createdBy', /author/],
    ['no comment', () => ({ comment: '' }), 'input.comment', /comment/],
    ['times that are none', () => ({ recurring: [{ weekdays: ['x'] }] }), 'input.recurring[0].weekdays[0]', /weekday/],
    ['more than is kept', () => ({ comment: 'x'.repeat(20_000) }), 'input.matchers', /too big/],
  ])('refuses %s, and says where', async (_what, overrides, path, message) => {
    const answer = await silences.set(wanted(overrides(clock.now())));
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'INVALID_INPUT', path } });
    expect(answer.ok ? '' : answer.refusal.message).toMatch(message);
    expect(silences.all()).toEqual([]);
  });

  it('takes a silence without a comment from whoever may leave it out', async () => {
    expect(await silences.set(wanted({ comment: '' }), { commentNeeded: false })).toMatchObject({ ok: true });
  });

  it('reads matchers in both syntaxes, several in one text', async () => {
    const { matchers } = await set({ matchers: ['{venue="binance",symbol=~"BTC.*"}', 'severity!=info'] });
    expect(matchers.map(({ name, operator, value }) => `${name}${operator}${value}`)).toEqual([
      'venue=binance',
      'symbol=~BTC.*',
      'severity!=info',
    ]);
  });

  /** Alertmanager's TestSilenceCanUpdate: what was, what is wanted, and whether it is the same silence after. */
  it.each<readonly [string, { start: number; end: number }, number, (now: number) => Partial<WantedSilence>, boolean]>([
    [
      'an active one keeps its id with a later end',
      { start: 0, end: hour },
      minute,
      (n) => ({ endsAt: n + 2 * hour }),
      true,
    ],
    [
      'an active one keeps its id with an end that comes now',
      { start: 0, end: hour },
      minute,
      (n) => ({ endsAt: n + 1 }),
      true,
    ],
    [
      'an active one with another start is another',
      { start: 0, end: hour },
      minute,
      (n) => ({ startsAt: n, endsAt: n + hour }),
      false,
    ],
    [
      'a pending one keeps its id with another start',
      { start: hour, end: 2 * hour },
      minute,
      (n) => ({ startsAt: n + minute, endsAt: n + hour }),
      true,
    ],
    [
      'a pending one that is to have begun is another',
      { start: hour, end: 2 * hour },
      minute,
      (n) => ({ startsAt: n - 1, endsAt: n + hour }),
      false,
    ],
    ['an expired one is another', { start: 0, end: minute }, hour, (n) => ({ endsAt: n + hour }), false],
    [
      'one with other matchers is another',
      { start: 0, end: hour },
      minute,
      () => ({ matchers: ['venue="kraken"'] }),
      false,
    ],
    [
      'one with another matcher beside is another',
      { start: 0, end: hour },
      minute,
      () => ({ matchers: ['venue="binance"', 'a="b"'] }),
      false,
    ],
    [
      'one with times of recurrence is another',
      { start: 0, end: hour },
      minute,
      () => ({ recurring: [{ weekdays: ['monday'] }] }),
      false,
    ],
    ['one with another comment keeps its id', { start: 0, end: hour }, minute, () => ({ comment: 'longer' }), true],
  ])('%s', async (_what, { start, end }, later, change, same) => {
    const begun = clock.now();
    const first = await set({ startsAt: begun + start, endsAt: begun + end });
    await clock.advance(later);
    const second = await set({
      id: first.id,
      startsAt: first.startsAt,
      endsAt: first.endsAt > clock.now() ? first.endsAt : clock.now() + hour,
      ...change(clock.now()),
    });
    expect(second.id === first.id).toBe(same);
    expect(silences.all()).toHaveLength(same ? 1 : 2);
    if (!same) expect(silences.find(first.id)?.state).toBe('expired');
    expect(second.state).not.toBe('expired');
  });

  it('refuses to change or expire one that it does not know', async () => {
    expect(await silences.set(wanted({ id: 'nope' }))).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
    expect(await silences.expire('nope')).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND', path: 'id' } });
  });

  it('expires once, whether it was pending or active, and stays as it is the second time', async () => {
    for (const startsAt of [clock.now(), clock.now() + minute]) {
      const { id } = await set({ startsAt });
      const first = made(await silences.expire(id));
      expect(first).toMatchObject({ state: 'expired', endsAt: clock.now() });
      await clock.advance(minute);
      expect(made(await silences.expire(id))).toEqual(first);
    }
  });

  it('does not come back when the clock is set back after it was ended by hand', async () => {
    const { id } = await set();
    await clock.advance(30 * minute);
    await silences.expire(id);
    clock.jump(-20 * minute);
    expect(silences.find(id)?.state).toBe('expired');
    await open();
    expect(silences.find(id)?.state).toBe('expired');
  });

  it('comes and goes at its times, by the clock on the wall of its zone', async () => {
    // Monday, New Year's Day 2029; the week in which nothing changes.
    clock.jump(Date.UTC(2029, 0, 1) - clock.now());
    const weekly = {
      weekdays: ['tuesday'],
      times: [{ start_time: '09:00', end_time: '10:00' }],
      location: 'Asia/Seoul',
    };
    const { id } = await set({
      recurring: [weekly, { times: [{ start_time: '12:00', end_time: '12:30' }] }],
      endsAt: clock.now() + 48 * hour,
    });
    expect(silences.find(id)).toMatchObject({ state: 'pending', recurring: [{ fields: weekly }, {}] });
    const active: string[] = [];
    for (let i = 0; i < 48 * 60; i += 30) {
      if (silences.find(id)?.state === 'active') active.push(new Date(clock.now()).toISOString().slice(8, 16));
      clock.jump(30 * minute);
    }
    expect(active).toEqual(['01T12:00', '02T00:00', '02T00:30', '02T12:00']);
    expect(silences.find(id)?.state).toBe('expired');
  });

  it('is durable before it is answered: another start finds all of it', async () => {
    await set({ recurring: [{ weekdays: ['monday:friday'], location: 'Asia/Seoul' }] });
    await set({ matchers: ['a=~"x|y"', 'b!~"z"'], endsAt: clock.now() + minute });
    const before = silences.all();
    const again = await open();
    expect(JSON.parse(JSON.stringify(again.all()))).toEqual(JSON.parse(JSON.stringify(before)));
    expect(matchesAll(again.all()[0]?.matchers ?? [], Labels.of({ a: 'x' }))).toBe(true);
  });

  it('holds nothing that could not be written, and says so', async () => {
    const { transaction } = database;
    database.transaction = () => Promise.reject(new Error('disk full'));
    expect(await silences.set(wanted())).toMatchObject({ ok: false, refusal: { code: 'UNAVAILABLE' } });
    expect([silences.all(), changes]).toEqual([[], 0]);
    database.transaction = transaction;
    await set();
    expect([states(), changes]).toEqual([['active'], 1]);
  });

  it('takes commands in turn, so that two changes of one silence cannot both replace it', async () => {
    const { id } = await set();
    const answers = await Promise.all(
      ['a', 'b'].map((value) => silences.set(wanted({ id, matchers: [`venue="${value}"`] }))),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(silences.all().map(({ state }) => state)).toEqual(['active', 'active', 'expired']);
  });

  it('keeps no more than the limit', async () => {
    await open({ limits: { count: 2, bytes: 1_000 } });
    const { id } = await set();
    await set();
    expect(await silences.set(wanted())).toMatchObject({ ok: false, refusal: { code: 'CONFLICT' } });
    // A change in place needs no room.
    expect(made(await silences.set(wanted({ id, comment: 'more', startsAt: clock.now() }))).id).toBe(id);
  });

  it('is forgotten 120 hours after its end, in memory and on disk', async () => {
    await set();
    await set({ endsAt: clock.now() + 200 * hour });
    await clock.advance(hour + silenceKeptMs + 1);
    silences.look(clock.now());
    expect(states()).toEqual(['active']);
    const swept = await database.transaction((transaction) =>
      silenceSweep().delete(transaction, clock.now() - silenceKeptMs, 10),
    );
    expect(swept).toBe(1);
    expect((await open()).all()).toHaveLength(1);
  });

  it('lists active ones by their end, pending ones by their start, expired ones newest first', async () => {
    const now = clock.now();
    await set({ endsAt: now + 3 * hour, comment: 'a2' });
    await set({ endsAt: now + 2 * hour, comment: 'a1' });
    await set({ startsAt: now + 2 * hour, endsAt: now + 4 * hour, comment: 'p2' });
    await set({ startsAt: now + hour, endsAt: now + 4 * hour, comment: 'p1' });
    await set({ endsAt: now + minute, comment: 'e2' });
    await set({ endsAt: now + 2 * minute, comment: 'e1' });
    await clock.advance(3 * minute);
    expect(silences.all().map(({ comment }) => comment)).toEqual(['a1', 'a2', 'p1', 'p2', 'e1', 'e2']);
  });

  it('is found by the values of its matchers', async () => {
    await set({ matchers: ['venue=~"bin.*"', 'symbol="BTC/USDT"'], comment: 'a' });
    await set({ matchers: ['venue="kraken"'], comment: 'b', endsAt: clock.now() + 2 * hour });
    const found = (...matchers: readonly string[]) => {
      const answer = filterSilences(silences.all(), matchers);
      return answer.ok ? answer.value.map(({ comment }) => comment) : answer.refusal.path;
    };
    expect(found()).toEqual(['a', 'b']);
    expect(found('venue="bin.*"')).toEqual(['a']);
    expect(found('venue=~"kra.+"')).toEqual(['b']);
    expect(found('symbol!="BTC/USDT"')).toEqual(['b']);
    expect(found('venue="kraken"', 'symbol="BTC/USDT"')).toEqual([]);
    expect(found('{')).toBe('matchers');
  });

  it('knows by its cover of an alert what a look at every silence would find', async () => {
    const label = fc.constantFrom('x', 'y', 'z');
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('set' as const),
        value: label,
        forMs: fc.integer({ min: 1_000, max: 3 * minute }),
      }),
      fc.record({ kind: fc.constant('expire' as const), which: fc.nat(20) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 2 * minute }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await open();
        const alerts = ['x', 'y', 'z'].map((value) => ({
          labels: Labels.of({ value }),
          cover: silences.coverOf(Labels.of({ value })),
        }));
        for (const one of steps) {
          if (one.kind === 'set') await set({ matchers: [`value="${one.value}"`], endsAt: clock.now() + one.forMs });
          else if (one.kind === 'wait') clock.jump(one.ms);
          else {
            const all = silences.all();
            const chosen = all[one.which % Math.max(1, all.length)];
            if (chosen !== undefined) await silences.expire(chosen.id);
          }
          silences.look(clock.now());
          for (const alert of alerts) {
            alert.cover = silences.coverOf(alert.labels, alert.cover);
            const expected = silences
              .all()
              .filter(({ state, matchers }) => state === 'active' && matchesAll(matchers, alert.labels));
            expect([...silences.countingIn(alert.cover)].sort()).toEqual(expected.map(({ id }) => id).sort());
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});

function made(answer: CommandResult<SilenceView>): SilenceView {
  if (!answer.ok) throw new Error(`${answer.refusal.path ?? ''} ${answer.refusal.message}`);
  return answer.value;
}

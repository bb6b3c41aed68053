import type { AlertInstance, RuleTransition } from '@tapewatch/model';
import { Labels } from '@tapewatch/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertElement, AlertTiming } from './alert-states.js';
import { AlertStates } from './alert-states.js';

const rule = { group: 'g', name: 'A' };
const notHeld = (): boolean => false;

function element(id: string, value = 1): AlertElement {
  return { labels: Labels.of({ alertname: 'A', id }), annotations: { summary: `${id} is ${value}` }, value };
}

function present(...elements: readonly AlertElement[]): ReadonlyMap<string, AlertElement> {
  return new Map(elements.map((one) => [one.labels.key, one]));
}

function states(timing: Partial<AlertTiming> = {}): AlertStates {
  return new AlertStates(rule, { forMs: 0, keepFiringForMs: 0, limit: 0, ...timing });
}

function kinds(transitions: readonly RuleTransition[]): readonly string[] {
  return transitions.map(({ kind, instance }) => `${instance.labels.get('id')} ${kind}`);
}

/** What the machine says while an element comes (1) and goes (0), a second at a time. */
function history(machine: AlertStates, presence: string): readonly string[] {
  return [...presence].map((bit, second) =>
    kinds(machine.apply(second * 1000, bit === '1' ? present(element('a')) : present(), notHeld).transitions).join(),
  );
}

describe('AlertStates', () => {
  it('fires at once without for', () => {
    expect(history(states(), '0110')).toEqual(['', 'a firing', '', 'a resolved']);
  });

  it('waits as long as for says, and not a millisecond more', () => {
    expect(history(states({ forMs: 2000 }), '11110')).toEqual(['a pending', '', 'a firing', '', 'a resolved']);
  });

  it('forgets a pending alert at the first miss', () => {
    expect(history(states({ forMs: 2000 }), '110111')).toEqual([
      'a pending',
      '',
      'a inactive',
      'a pending',
      '',
      'a firing',
    ]);
  });

  it('keeps firing from the first miss on', () => {
    expect(history(states({ keepFiringForMs: 2000 }), '1000')).toEqual(['a firing', '', '', 'a resolved']);
  });

  it('starts to count anew when the element was back', () => {
    expect(history(states({ keepFiringForMs: 2000 }), '1001000')).toEqual([
      'a firing',
      '',
      '',
      '',
      '',
      '',
      'a resolved',
    ]);
  });

  it('shows value, annotations and times as they are now', () => {
    const machine = states({ forMs: 1000, keepFiringForMs: 5000 });
    machine.apply(0, present(element('a', 1)), notHeld);
    machine.apply(1000, present(element('a', 2)), notHeld);
    expect([...machine.active()]).toEqual([
      {
        rule,
        labels: element('a').labels,
        annotations: { summary: 'a is 2' },
        value: 2,
        state: 'firing',
        startsAt: 0,
        firedAt: 1000,
      },
    ]);
    machine.apply(2000, present(), notHeld);
    expect([...machine.active()]).toMatchObject([{ value: 2, keepFiringSince: 2000 }]);
    machine.apply(3000, present(element('a', 3)), notHeld);
    expect([...machine.active()][0]).not.toHaveProperty('keepFiringSince');
  });

  it('drops everything when there are more alerts than the limit', () => {
    const machine = states({ limit: 1 });
    machine.apply(0, present(element('a')), notHeld);
    const change = machine.apply(1000, present(element('a'), element('b')), notHeld);
    expect(change.overLimit).toBe(2);
    expect(kinds(change.transitions)).toEqual(['a resolved']);
    expect(machine.size).toBe(0);
  });

  it('counts the time that has passed, not what ticks have jumped over', () => {
    const timeline = { skippedMs: 1_000_000, aheadMs: 0 };
    const machine = new AlertStates(rule, { forMs: 10_000, keepFiringForMs: 10_000, limit: 0 }, timeline);
    const at = (ms: number, ...found: readonly AlertElement[]): readonly string[] =>
      kinds(machine.apply(ms, present(...found), notHeld).transitions);
    expect(at(0, element('a'))).toEqual(['a pending']);
    timeline.skippedMs += 60_000;
    expect(at(69_999, element('a'))).toEqual([]);
    expect(at(70_000, element('a'))).toEqual(['a firing']);
    expect(at(80_000)).toEqual([]);
    timeline.skippedMs += 60_000;
    expect(at(149_999)).toEqual([]);
    expect(at(150_000)).toEqual(['a resolved']);
  });

  describe('restored', () => {
    const firing: AlertInstance = { ...element('a'), rule, state: 'firing', startsAt: 1000, firedAt: 2000 };

    it('goes on with its timer', () => {
      const machine = states({ forMs: 10_000 });
      machine.restore({ ...element('a'), rule, state: 'pending', startsAt: 1234 });
      expect(kinds(machine.apply(11_233, present(element('a')), notHeld).transitions)).toEqual([]);
      expect(kinds(machine.apply(11_234, present(element('a')), notHeld).transitions)).toEqual(['a firing']);
    });

    it('waits for what is left of its timer when the wall clock was set back before the start', () => {
      const machine = states({ forMs: 10_000 });
      machine.restore({ ...element('a'), rule, state: 'pending', startsAt: 3_600_000 }, 1000);
      expect(kinds(machine.apply(10_999, present(element('a')), notHeld).transitions)).toEqual([]);
      expect(kinds(machine.apply(11_000, present(element('a')), notHeld).transitions)).toEqual(['a firing']);
    });

    it('is pending again when for was raised, and only then', () => {
      const raised = states({ forMs: 60_000 });
      raised.restore(firing);
      expect(kinds(raised.apply(30_000, present(element('a')), notHeld).transitions)).toEqual(['a pending']);
      expect([...raised.active()][0]).not.toHaveProperty('firedAt');
      expect(kinds(raised.apply(61_000, present(element('a')), notHeld).transitions)).toEqual(['a firing']);
      const same = states({ forMs: 1000 });
      same.restore(firing);
      expect(kinds(same.apply(1500, present(element('a')), notHeld).transitions)).toEqual([]);
    });

    it('stays as it is while it is held, and one that is new does not', () => {
      const machine = states();
      machine.restore(firing);
      machine.apply(3000, present(element('b')), () => true);
      expect(kinds(machine.apply(4000, present(), () => true).transitions)).toEqual(['b resolved']);
      expect([...machine.active()]).toEqual([firing]);
      expect(kinds(machine.apply(5000, present(), notHeld).transitions)).toEqual(['a resolved']);
    });
  });

  it('makes the transitions of a plain model over any history, with restarts in between', () => {
    const step = fc.record({
      gapMs: fc.integer({ min: 1, max: 5000 }),
      ids: fc.subarray(['a', 'b', 'c']),
      restart: fc.boolean(),
    });
    const duration = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10_000 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), duration, duration, (steps, forMs, keepFiringForMs) => {
        let machine = states({ forMs, keepFiringForMs });
        const model = new Model(forMs, keepFiringForMs);
        let at = 0;
        for (const { gapMs, ids, restart } of steps) {
          at += gapMs;
          if (restart) machine = restarted(machine, { forMs, keepFiringForMs });
          const { transitions } = machine.apply(at, present(...ids.map((id) => element(id, at))), notHeld);
          expect([...kinds(transitions)].sort()).toEqual(model.step(at, ids).sort());
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Through JSON, as a store would keep it. */
function restarted(machine: AlertStates, timing: Partial<AlertTiming>): AlertStates {
  const kept = JSON.parse(JSON.stringify([...machine.active()])) as (Omit<AlertInstance, 'labels'> & {
    labels: Record<string, string>;
  })[];
  const fresh = states(timing);
  for (const instance of kept) fresh.restore({ ...instance, labels: Labels.of(instance.labels) });
  return fresh;
}

/** The same meaning told another way: by each element's own past instead of by transitions between states. */
class Model {
  readonly #forMs: number;
  readonly #keepMs: number;
  readonly #past = new Map<string, { since: number; fired: boolean; missingSince: number }>();

  constructor(forMs: number, keepMs: number) {
    this.#forMs = forMs;
    this.#keepMs = keepMs;
  }

  step(at: number, ids: readonly string[]): string[] {
    return ['a', 'b', 'c'].flatMap((id) => (ids.includes(id) ? this.#seen(id, at) : this.#unseen(id, at)));
  }

  #seen(id: string, at: number): string[] {
    const known = this.#past.get(id);
    const past = known ?? { since: at, fired: false, missingSince: Infinity };
    this.#past.set(id, past);
    past.missingSince = Infinity;
    if (!past.fired && at - past.since >= this.#forMs) {
      past.fired = true;
      return [`${id} firing`];
    }
    return known === undefined ? [`${id} pending`] : [];
  }

  #unseen(id: string, at: number): string[] {
    const past = this.#past.get(id);
    if (past === undefined) return [];
    past.missingSince = Math.min(past.missingSince, at);
    if (past.fired && at < past.missingSince + this.#keepMs) return [];
    this.#past.delete(id);
    return [`${id} ${past.fired ? 'resolved' : 'inactive'}`];
  }
}

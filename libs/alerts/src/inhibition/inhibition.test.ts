import { Labels, type Alert } from '@tapewatch/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMatchers } from '@tapewatch/promql';
import { matchesAll } from '../silences/silence.js';
import type { InhibitRule } from './inhibit-rule.js';
import { Inhibition } from './inhibition.js';

function alert(id: string, labels: Readonly<Record<string, string>>): Alert {
  const set = Labels.of({ alertname: id, ...labels });
  return {
    ...{ id, fingerprint: set.fingerprint(), rule: { group: 'g', name: id }, name: id, state: 'firing', labels: set },
    ...{ annotations: {}, value: 1, startsAt: 0, firedAt: 0 },
  };
}

const rule = (overrides: Partial<InhibitRule> = {}): InhibitRule => ({
  sourceMatchers: ['severity="critical"'],
  targetMatchers: ['severity="warning"'],
  equal: ['venue'],
  ...overrides,
});

function inhibitors(rules: readonly InhibitRule[], firing: readonly Alert[], of: string): readonly string[] {
  const inhibition = new Inhibition(rules);
  for (const one of firing) inhibition.set(one.id, one, true);
  return inhibition.inhibitorsOf(of);
}

describe('Inhibition', () => {
  const source = alert('source', { severity: 'critical', venue: 'binance' });
  const target = alert('target', { severity: 'warning', venue: 'binance' });

  it('inhibits a target while a source with equal labels fires', () => {
    expect(inhibitors([rule()], [source, target], 'target')).toEqual(['source']);
    expect(inhibitors([rule()], [target, source], 'target')).toEqual(['source']);
    const elsewhere = alert('source', { severity: 'critical', venue: 'kraken' });
    expect(inhibitors([rule()], [elsewhere, target], 'target')).toEqual([]);
    expect(inhibitors([rule()], [source, target], 'source')).toEqual([]);
  });

  it('counts a label that is missing on both sides as equal, and on one side as empty', () => {
    const bare = [alert('source', { severity: 'critical' }), alert('target', { severity: 'warning' })];
    expect(inhibitors([rule()], bare, 'target')).toEqual(['source']);
    expect(inhibitors([rule()], [source, ...bare.slice(1)], 'target')).toEqual([]);
  });

  it('needs no equal labels where none are named', () => {
    const elsewhere = alert('source', { severity: 'critical', venue: 'kraken' });
    expect(inhibitors([rule({ equal: [] })], [elsewhere, target], 'target')).toEqual(['source']);
  });

  it('inhibits nobody by a source that is pending or over', () => {
    const inhibition = new Inhibition([rule()]);
    inhibition.set('source', source, false);
    inhibition.set('target', target, true);
    expect(inhibition.inhibitorsOf('target')).toEqual([]);
    inhibition.set('source', source, true);
    expect(inhibition.inhibitorsOf('target')).toEqual(['source']);
    inhibition.forget('source');
    expect(inhibition.inhibitorsOf('target')).toEqual([]);
  });

  it('does not inhibit an alert that matches both sides by another that does, and not by itself', () => {
    const both = rule({ sourceMatchers: ['job=~".+"'], targetMatchers: ['job=~".+"'], equal: ['job'] });
    const twins = [alert('a', { job: 'x' }), alert('b', { job: 'x' })];
    expect(inhibitors([both], twins, 'a')).toEqual([]);
    expect(inhibitors([both], twins, 'b')).toEqual([]);
    expect(inhibitors([rule({ sourceMatchers: [], targetMatchers: [], equal: [] })], twins, 'a')).toEqual([]);
    // One that is only a target is inhibited by one that is both.
    const mixed = rule({ sourceMatchers: ['s="1"'], targetMatchers: ['t="1"'], equal: [] });
    const dual = alert('dual', { s: '1', t: '1' });
    const pure = alert('pure', { t: '1' });
    expect(inhibitors([mixed], [dual, pure], 'pure')).toEqual(['dual']);
    expect(inhibitors([mixed], [dual, pure], 'dual')).toEqual([]);
    expect(inhibitors([mixed], [dual, pure, alert('source', { s: '1' })], 'dual')).toEqual(['source']);
  });

  it('lets an inhibited source inhibit all the same', () => {
    const chain = [
      rule({ sourceMatchers: ['n="1"'], targetMatchers: ['n="2"'], equal: [] }),
      rule({ sourceMatchers: ['n="2"'], targetMatchers: ['n="3"'], equal: [] }),
    ];
    const three = ['1', '2', '3'].map((n) => alert(n, { n }));
    expect(inhibitors(chain, three, '2')).toEqual(['1']);
    expect(inhibitors(chain, three, '3')).toEqual(['2']);
  });

  it('says whose inhibitors may have changed', () => {
    const inhibition = new Inhibition([rule()]);
    inhibition.set('target', target, true);
    inhibition.set('other', alert('other', { severity: 'info' }), true);
    expect([...inhibition.takeTouched()]).toEqual(['target']);
    inhibition.set('source', source, true);
    expect([...inhibition.takeTouched()].sort()).toEqual(['source', 'target']);
    inhibition.set('source', source, true);
    expect([...inhibition.takeTouched()]).toEqual([]);
    inhibition.forget('source');
    expect([...inhibition.takeTouched()]).toEqual(['target']);
  });

  it('takes other rules, and holds them against what is known', () => {
    const inhibition = new Inhibition([]);
    inhibition.set('source', source, true);
    inhibition.set('target', target, true);
    expect(inhibition.inhibitorsOf('target')).toEqual([]);
    inhibition.swap([rule()]);
    expect([...inhibition.takeTouched()].sort()).toEqual(['source', 'target']);
    expect(inhibition.inhibitorsOf('target')).toEqual(['source']);
    inhibition.swap([]);
    expect(inhibition.inhibitorsOf('target')).toEqual([]);
  });

  it('decides as Alertmanager does, whatever comes and goes, and says of every change whom it touches', () => {
    const value = fc.constantFrom('', 'x', 'y');
    const matcher = fc
      .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('=', '!='), value)
      .map(([n, o, v]) => `${n}${o}"${v}"`);
    const someRule = fc.record({
      sourceMatchers: fc.array(matcher, { maxLength: 2 }),
      targetMatchers: fc.array(matcher, { maxLength: 2 }),
      equal: fc.subarray(['a', 'c']),
    });
    const step = fc.record({
      key: fc.nat(5),
      labels: fc.record({ a: value, b: value, c: value }),
      state: fc.constantFrom('firing', 'pending', 'over'),
    });
    fc.assert(
      fc.property(fc.array(someRule, { maxLength: 3 }), fc.array(step, { maxLength: 20 }), (rules, steps) => {
        const inhibition = new Inhibition(rules);
        const known = new Map<string, { alert: Alert; firing: boolean }>();
        const before = new Map<string, string>();
        for (const [i, { key: number, labels, state }] of steps.entries()) {
          const key = String(number);
          const past = known.get(key);
          if (state === 'over') {
            known.delete(key);
            inhibition.forget(key);
          } else {
            const one = past?.alert ?? alert(`${key}-${i}`, labels);
            known.set(key, { alert: one, firing: state === 'firing' });
            inhibition.set(key, one, state === 'firing');
          }
          const touched = inhibition.takeTouched();
          for (const [other, { alert: asked }] of known) {
            const found = inhibition.inhibitorsOf(other);
            expect(found.length > 0).toBe(rules.some((one) => mutes(one, asked, [...known.values()])));
            if (before.get(other) !== found.join() && before.has(other)) expect(touched).toContain(other);
            before.set(other, found.join());
          }
          for (const gone of before.keys()) if (!known.has(gone)) before.delete(gone);
        }
      }),
    );
  });
});

/** Alertmanager's words, without any index. */
function mutes(
  { sourceMatchers, targetMatchers, equal }: InhibitRule,
  asked: Alert,
  known: readonly { readonly alert: Alert; readonly firing: boolean }[],
): boolean {
  const isSource = (one: Alert): boolean =>
    matchesAll(
      sourceMatchers.flatMap((text) => parseMatchers(text)),
      one.labels,
    );
  const isTarget = (one: Alert): boolean =>
    matchesAll(
      targetMatchers.flatMap((text) => parseMatchers(text)),
      one.labels,
    );
  if (!isTarget(asked)) return false;
  return known.some(
    ({ alert: source, firing }) =>
      firing &&
      isSource(source) &&
      equal.every((name) => source.labels.get(name) === asked.labels.get(name)) &&
      !(isSource(asked) && isTarget(source)),
  );
}

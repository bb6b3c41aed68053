import { Labels, type Alert } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { dueFor, nextEntry, type LogEntry } from './notification-log.js';

const minute = 60_000;
const now = 1_000 * minute;

function alertsOf(state: 'firing' | 'resolved', ids: readonly number[]): readonly Alert[] {
  return ids.map((id) => ({
    id: String(id),
    fingerprint: String(id),
    rule: { group: 'g', name: 'A' },
    name: 'A',
    state,
    labels: Labels.of({ alertname: 'A', id: String(id) }),
    annotations: {},
    value: 1,
    startsAt: 0,
    firedAt: 0,
  }));
}

interface Entry {
  readonly firing?: readonly number[];
  readonly resolved?: readonly number[];
  readonly agoMinutes?: number;
}

function entryOf({ firing = [], resolved = [], agoMinutes }: Entry): LogEntry {
  const at = agoMinutes === undefined ? 0 : now - agoMinutes * minute;
  return { flush: 1, firing: new Set(firing.map(String)), resolved: new Set(resolved.map(String)), at, atMs: at };
}

/** Alertmanager's notify/notify_test.go, TestDedupStageNeedsUpdate. */
describe('TestDedupStageNeedsUpdate', () => {
  it.each<[string, Entry | undefined, number[], number[], boolean, boolean]>([
    ['no entry, something fires', undefined, [2, 3, 4], [], false, true],
    ['no entry, nothing fires', undefined, [], [2, 3, 4], false, false],
    ['other alerts fire', { firing: [1, 2, 3] }, [2, 3, 4], [], false, true],
    ['never told', { firing: [1, 2, 3] }, [1, 2, 3], [], false, true],
    ['the same before the repeat interval', { firing: [1, 2, 3], agoMinutes: 9 }, [1, 2, 3], [], false, false],
    ['the same after the repeat interval', { firing: [1, 2, 3], agoMinutes: 11 }, [1, 2, 3], [], false, true],
    ['other ends, nothing fires', { resolved: [1, 2, 3], agoMinutes: 11 }, [], [3, 4, 5], true, false],
    ['an end, not wanted', { firing: [1, 2], resolved: [3], agoMinutes: 9 }, [1], [2, 3], false, false],
    ['an end, wanted', { firing: [1, 2], resolved: [3], agoMinutes: 9 }, [1], [2, 3], true, true],
    ['all ended, not wanted', { firing: [1, 2], resolved: [3], agoMinutes: 9 }, [], [1, 2, 3], false, true],
    ['all ended, wanted', { firing: [1, 2], resolved: [3], agoMinutes: 9 }, [], [1, 2, 3], true, true],
  ])('%s', (name, entry, firing, resolved, sendResolved, wanted) => {
    const alerts = [...alertsOf('firing', firing), ...alertsOf('resolved', resolved)];
    const options = { sendResolved, repeatIntervalMs: 10 * minute, nowMs: now };
    const due = dueFor(entry === undefined ? undefined : entryOf(entry), alerts, options);
    // Where an end is not wanted, ours is noted and told to nobody.
    expect(name === 'an end, not wanted' ? due === 'note' : (due !== 'nothing') === wanted).toBe(true);
  });
});

describe('nextEntry', () => {
  it('keeps in mind what a channel heard of that may not be told now', () => {
    const before = entryOf({ firing: [1, 2] });
    const next = nextEntry(before, alertsOf('firing', [3]), alertsOf('firing', [2, 4]), {
      now,
      nowMs: now,
      told: true,
    });
    expect([...next.firing]).toEqual(['3', '2']);
    expect(next.flush).toBe(2);
  });
});

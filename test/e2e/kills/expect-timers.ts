import { expect } from 'vitest';
import { delays } from './busy-rules.js';
import type { AlertRecord } from './records.js';
import type { Run } from './run.js';

/** Fired when it was due, or, when that fell into a pause, with the first ticks after it. */
export function expectTimers(alerts: readonly AlertRecord[], runs: readonly Run[]): void {
  for (const delay of delays) {
    const episodes = alerts.filter(({ name }) => name === `After${delay}`);
    expect(episodes, `After${delay}`).toHaveLength(1);
    const [{ startsAt, firedAt }] = episodes as [AlertRecord];
    const due = Date.parse(startsAt) + delay * 1_000;
    const up = runs.find(({ endedAt }) => endedAt > due);
    const late = Date.parse(firedAt ?? '') - Math.max(due, up?.readyAt ?? due);
    expect(Date.parse(firedAt ?? ''), `After${delay}`).toBeGreaterThanOrEqual(due);
    // A run may be killed before its next tick, and then the one after it fires.
    const next = runs.find(({ endedAt }) => endedAt > due + 1_500) as Run;
    expect(late, `After${delay}`).toBeLessThanOrEqual(Math.max(0, next.readyAt - due) + 2_500);
  }
}

import { expect } from 'vitest';
import type { SeenEvent } from '../../support/alert-witness.js';
import type { AlertRecord } from './records.js';

const life = new Set(['PENDING', 'FIRING', 'RESOLVED', 'INACTIVE']);

/** Each transition once, in an order that can be, and exactly what somebody saw who followed. */
export function expectHistory(alerts: readonly AlertRecord[], seen: readonly SeenEvent[]): void {
  for (const { name, id, history } of alerts) {
    const kinds = history.map(({ kind }) => kind);
    expect(kinds.filter((kind) => life.has(kind)).join(' '), `${name} ${id}`).toMatch(
      /^(PENDING )?(FIRING RESOLVED|INACTIVE)$/,
    );
    const silences = kinds.filter((kind) => kind === 'SILENCED' || kind === 'UNSILENCED').join(' ');
    expect(silences, `${name} ${id}`).toMatch(/^((SILENCED )+UNSILENCED ?)*(SILENCED ?)*$/);
  }
  const kept = alerts.flatMap(({ id, history }) => history.map(({ kind, at }) => `${at} ${id} ${kind}`));
  const witnessed = seen.map(({ alertId, kind, at }) => `${at} ${alertId} ${kind}`);
  expect(witnessed.sort()).toEqual(kept.sort());
  expect(new Set(seen.map(({ cursor }) => cursor)).size).toBe(seen.length);
}

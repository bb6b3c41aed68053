import { Labels, type Alert } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { alertDetails } from './alert-details.js';

const group = {
  name: 'exchange',
  file: 'f',
  intervalMs: 1_000,
  lastEvaluationAt: 50_000,
  rules: [
    {
      ...{ name: 'Stale', kind: 'promql', query: 'exchange_up == 0', forMs: 0, keepFiringForMs: 0, labels: {} },
      ...{ annotations: {}, health: 'ok' as const, alertIds: ['a'] },
    },
  ],
};

function alert(overrides: Partial<Alert>): Alert {
  const labels = Labels.of({ alertname: 'Stale' });
  return {
    ...{ id: 'a', fingerprint: labels.fingerprint(), rule: { group: 'exchange', name: 'Stale' }, name: 'Stale' },
    ...{ state: 'firing', labels, annotations: {}, value: 1, startsAt: 1_000, firedAt: 2_000 },
    ...overrides,
  };
}

describe('alertDetails', () => {
  const posted = {
    detailsOf: ({ id }: Alert) =>
      id === 'forever'
        ? { ...known, endsAt: 8_640_000_000_000_000 }
        : id === 'posted'
          ? { ...known, endsAt: 90_000, generatorUrl: 'http://prometheus/graph' }
          : undefined,
  };
  const known = { labels: Labels.EMPTY, annotations: {}, startsAt: 0, timeout: false, updatedAt: 60_000, once: true };
  const details = (one: Alert) => alertDetails({ posted } as never, [group], 'http://tapewatch', [one])[0];

  it('says of a rule’s alert what Prometheus would', () => {
    expect(details(alert({}))).toEqual({
      updatedAt: 50_000,
      endsAt: 290_000,
      generatorUrl: 'http://tapewatch/graph?g0.expr=exchange_up%20%3D%3D%200&g0.tab=1',
    });
    expect(alertDetails({ posted } as never, [{ ...group, intervalMs: 120_000 }], '', [alert({})])[0]?.endsAt).toBe(
      530_000,
    );
    expect(details(alert({ state: 'resolved', endsAt: 9_000 }))).toMatchObject({ updatedAt: 9_000, endsAt: 9_000 });
  });

  it('says of a posted alert what its sender did', () => {
    const rule = { group: 'posted', name: 'Stale' };
    expect(details(alert({ id: 'posted', rule }))).toEqual({
      ...{ updatedAt: 60_000, endsAt: 90_000, generatorUrl: 'http://prometheus/graph' },
    });
    const { endsAt, generatorUrl } = details(alert({ id: 'forever', rule })) ?? { endsAt: 0 };
    expect([new Date(endsAt).toISOString(), generatorUrl]).toEqual(['9999-12-31T23:59:59.999Z', '']);
  });

  it('has an answer for one whose rule is gone', () => {
    expect(details(alert({ id: 'b' }))).toEqual({
      updatedAt: 2_000,
      endsAt: 242_000,
      generatorUrl: '',
    });
  });
});

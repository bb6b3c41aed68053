import { Labels, type Alert } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { compose } from './compose.js';

function alert(overrides: Partial<Alert> = {}, labels: Readonly<Record<string, string>> = {}): Alert {
  const set = Labels.of({ alertname: 'A', ...labels });
  return {
    id: 'a1',
    fingerprint: set.fingerprint(),
    rule: { group: 'g', name: 'A' },
    name: 'A',
    state: 'firing',
    labels: set,
    annotations: {},
    value: 1,
    startsAt: 5,
    firedAt: 5,
    ...overrides,
  };
}

function composed(alerts: readonly Alert[], externalUrl = 'https://site.test/tapewatch/', test = false) {
  const ground = { idempotencyKey: 'k', receiver: 'ops', groupKey: 'g', groupLabels: Labels.EMPTY, at: 9 };
  return compose({ ...ground, alerts, externalUrl, test });
}

describe('compose', () => {
  it('links to the alert under the address that people use, in a folder of a site, too', () => {
    const { externalUrl, alerts } = composed([alert({ id: 'a/1' })]);
    expect(externalUrl).toBe('https://site.test/tapewatch');
    expect(alerts[0]?.url).toBe('https://site.test/tapewatch/?alert=a%2F1');
  });

  it('links a test to the program, as its alert is kept nowhere', () => {
    expect(composed([alert()], 'http://x.test', true).alerts[0]?.url).toBe('http://x.test/');
  });

  it.each([
    ['https://wiki.test/run book', 'https://wiki.test/run book'],
    ['/runbooks/A', 'https://site.test/tapewatch/runbooks/A'],
    ['//evil.test/x', undefined],
    ['javascript:alert(1)', undefined],
    ['runbook A', undefined],
    ['', undefined],
  ])('reads the runbook %j as %s', (runbook_url, runbookUrl) => {
    expect(composed([alert({ annotations: { runbook_url } })]).alerts[0]?.runbookUrl).toBe(runbookUrl);
  });

  it('tells what fires first, of that the worst first, of that what has stood longest', () => {
    const order = composed([
      alert({ id: 'resolved', state: 'resolved', endsAt: 8 }, { severity: 'critical' }),
      alert({ id: 'other' }, { severity: 'page' }),
      alert({ id: 'warning', startsAt: 1 }, { severity: 'warning' }),
      alert({ id: 'late', startsAt: 7 }, { severity: 'critical' }),
      alert({ id: 'early', startsAt: 6 }, { severity: 'critical' }),
    ]);
    expect(order.alerts.map(({ id }) => id)).toEqual(['early', 'late', 'warning', 'other', 'resolved']);
    expect(order.status).toBe('firing');
  });
});

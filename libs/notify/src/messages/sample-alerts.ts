import { Labels, type Alert } from '@tapewatch/model';

/** The alert of a test notification. */
export function testAlert(channel: string, by: string, at: number): Alert {
  const labels = Labels.of({ alertname: 'TestNotification', severity: 'info', channel });
  return {
    id: `test-${at}`,
    fingerprint: labels.fingerprint(),
    rule: { group: 'test', name: 'TestNotification' },
    name: 'TestNotification',
    state: 'firing',
    labels,
    annotations: {
      summary: `Test of the channel ${channel}, asked for by ${by}. Nothing is wrong.`,
      requested_by: by,
    },
    value: 1,
    startsAt: at,
    firedAt: at,
  };
}

/** Two alerts to show a message by: one that fires, one that is over. */
export function sampleAlerts(at: number): readonly [Alert, Alert] {
  const sample = (venue: string, severity: string): Alert => {
    const labels = Labels.of({ alertname: 'ExchangeFeedStale', venue, severity });
    return {
      id: `sample-${venue}`,
      fingerprint: labels.fingerprint(),
      rule: { group: 'sample', name: 'ExchangeFeedStale' },
      name: 'ExchangeFeedStale',
      state: 'firing',
      labels,
      annotations: { summary: `The ticker feed of ${venue} stands still.`, description: 'No message for 31 s.' },
      value: 31,
      startsAt: at - 90_000,
      firedAt: at - 60_000,
    };
  };
  return [sample('binance', 'critical'), { ...sample('kraken', 'warning'), state: 'resolved', endsAt: at }];
}

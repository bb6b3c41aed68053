import type { Notification, NotificationAlert } from '../channel.js';

const at = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A firing notification of one alert, with text that is hard to print; overrides win. @public */
export function sampleNotification(overrides: Partial<Notification> = {}): Notification {
  const alert: NotificationAlert = {
    id: 'a1b2c3d4e5f60718',
    fingerprint: '00ff00ff00ff00ff',
    name: 'ExchangeFeedStale',
    status: 'firing',
    severity: 'critical',
    labels: {
      alertname: 'ExchangeFeedStale',
      severity: 'critical',
      exchange: 'binance',
      venue: 'binance',
      feed: 'ticker',
    },
    annotations: {
      summary: 'binance ticker feed is silent for 12s — 시세가 멈췄습니다 🚨 <b>&"',
      runbook_url: 'https://example.test/runbook',
    },
    value: 12,
    startsAt: at,
    firedAt: at,
    url: 'http://127.0.0.1:8080/alerts/a1b2c3d4e5f60718',
    runbookUrl: 'https://example.test/runbook',
  };
  return {
    idempotencyKey: 'ops/alertname=ExchangeFeedStale/1',
    receiver: 'ops',
    groupKey: '{}:{alertname="ExchangeFeedStale"}',
    groupLabels: { alertname: 'ExchangeFeedStale' },
    commonLabels: alert.labels,
    commonAnnotations: alert.annotations,
    status: 'firing',
    alerts: [alert],
    externalUrl: 'http://127.0.0.1:8080',
    at,
    test: false,
    ...overrides,
  };
}

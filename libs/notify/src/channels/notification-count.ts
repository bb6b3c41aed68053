import type { Counter, Meter } from '@opentelemetry/api';

/** What became of notifications, by channel and outcome. */
export function createNotificationCount(meter: Meter): Counter {
  return meter.createCounter('notification.count', { unit: '{notification}', description: 'Notifications by outcome' });
}

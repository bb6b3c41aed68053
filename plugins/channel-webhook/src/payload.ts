import type { Notification, NotificationAlert, NotificationReport } from '@tapewatch/plugin-sdk';

const never = '0001-01-01T00:00:00Z';

/**
 * The body that Alertmanager's webhook sends (version 4, prometheus.io/docs/alerting/latest/configuration, webhook_config), so that
 * what receives those receives ours; `alerts[].id`, `.value` and `.acknowledgedBy`, `test`, `idempotencyKey` and `report` are ours.
 */
export function webhookPayload(notification: Notification, maxAlerts: number): Readonly<Record<string, unknown>> {
  const alerts = maxAlerts === 0 ? notification.alerts : notification.alerts.slice(0, maxAlerts);
  return {
    version: '4',
    groupKey: notification.groupKey,
    truncatedAlerts: notification.alerts.length - alerts.length,
    status: notification.status,
    receiver: notification.receiver,
    groupLabels: notification.groupLabels,
    commonLabels: notification.commonLabels,
    commonAnnotations: notification.commonAnnotations,
    externalURL: notification.externalUrl,
    alerts: alerts.map(alertPayload),
    test: notification.test,
    idempotencyKey: notification.idempotencyKey,
    ...(notification.report === undefined ? {} : { report: reportPayload(notification.report) }),
  };
}

/** Without the page, which can be had at the URL. */
function reportPayload({ id, title, text, markdown, url }: NotificationReport): Readonly<Record<string, string>> {
  return { id, title, text, markdown, url };
}

function alertPayload(alert: NotificationAlert): Readonly<Record<string, unknown>> {
  return {
    status: alert.status,
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: new Date(alert.firedAt ?? alert.startsAt).toISOString(),
    endsAt: alert.endsAt === undefined ? never : new Date(alert.endsAt).toISOString(),
    generatorURL: alert.url,
    fingerprint: alert.fingerprint,
    id: alert.id,
    value: Number.isFinite(alert.value) ? alert.value : String(alert.value),
    ...(alert.acknowledgedBy === undefined ? {} : { acknowledgedBy: alert.acknowledgedBy }),
  };
}

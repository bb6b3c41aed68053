import { severityOf, type Alert, type Labels } from '@tapewatch/model';
import type { Notification, NotificationAlert } from '@tapewatch/plugin-sdk';

/** Puts what a channel is to tell into its plain form. */
export function compose(options: {
  readonly idempotencyKey: string;
  readonly receiver: string;
  readonly groupKey: string;
  readonly groupLabels: Labels;
  readonly alerts: readonly Alert[];
  readonly externalUrl: string;
  readonly at: number;
  readonly test?: boolean;
}): Notification {
  const alerts = options.alerts.map((alert) => plain(alert, options.externalUrl)).sort(firingFirst);
  return {
    idempotencyKey: options.idempotencyKey,
    receiver: options.receiver,
    groupKey: options.groupKey,
    groupLabels: options.groupLabels.toObject(),
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts,
    externalUrl: options.externalUrl,
    at: options.at,
    test: options.test ?? false,
  };
}

function plain(alert: Alert, externalUrl: string): NotificationAlert {
  const severity = severityOf(alert.labels);
  const runbookUrl = alert.annotations['runbook_url'];
  return {
    id: alert.id,
    fingerprint: alert.fingerprint,
    name: alert.name,
    status: alert.state === 'firing' ? 'firing' : 'resolved',
    labels: alert.labels.toObject(),
    annotations: alert.annotations,
    value: alert.value,
    startsAt: alert.startsAt,
    url: `${externalUrl}/?alert=${alert.id}`,
    ...(severity === undefined ? {} : { severity }),
    ...(alert.firedAt === undefined ? {} : { firedAt: alert.firedAt }),
    ...(alert.endsAt === undefined ? {} : { endsAt: alert.endsAt }),
    ...(alert.acknowledgement === undefined ? {} : { acknowledgedBy: alert.acknowledgement.by }),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
  };
}

function firingFirst(a: NotificationAlert, b: NotificationAlert): number {
  if (a.status !== b.status) return a.status === 'firing' ? -1 : 1;
  return a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1);
}

/** The entries that all records share. */
function common(records: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first, ...others] = records;
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([key, value]) => others.every((other) => other[key] === value)),
  );
}

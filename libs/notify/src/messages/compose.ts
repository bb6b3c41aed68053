import { severityOf, type Alert, type Labels, type Language, type Severity } from '@tapewatch/model';
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
  readonly language?: Language;
}): Notification {
  const externalUrl = options.externalUrl.replace(/\/+$/, '');
  const test = options.test ?? false;
  const alerts = options.alerts.map((alert) => plain(alert, externalUrl, test)).sort(mostUrgentFirst);
  return {
    idempotencyKey: options.idempotencyKey,
    receiver: options.receiver,
    groupKey: options.groupKey,
    groupLabels: options.groupLabels.toObject(),
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts,
    externalUrl,
    at: options.at,
    test,
    ...(options.language === undefined ? {} : { language: options.language }),
  };
}

/** The alert of a test is kept nowhere, so that its link leads to the program itself. */
function plain(alert: Alert, externalUrl: string, test: boolean): NotificationAlert {
  const severity = severityOf(alert.labels);
  const runbookUrl = absoluteUrl(alert.annotations['runbook_url'], externalUrl);
  return {
    id: alert.id,
    fingerprint: alert.fingerprint,
    name: alert.name,
    status: alert.state === 'firing' ? 'firing' : 'resolved',
    labels: alert.labels.toObject(),
    annotations: alert.annotations,
    value: alert.value,
    startsAt: alert.startsAt,
    url: test ? `${externalUrl}/` : `${externalUrl}/?alert=${encodeURIComponent(alert.id)}`,
    ...(severity === undefined ? {} : { severity }),
    ...(alert.firedAt === undefined ? {} : { firedAt: alert.firedAt }),
    ...(alert.endsAt === undefined ? {} : { endsAt: alert.endsAt }),
    ...(alert.acknowledgement === undefined ? {} : { acknowledgedBy: alert.acknowledgement.by }),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
  };
}

/** A path counts from where this program is, also when that is a folder of a site; what is no http(s) address is no link. */
function absoluteUrl(text: string | undefined, externalUrl: string): string | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const whole = /^\/(?!\/)/.test(text) ? `${externalUrl}${text}` : text.trim();
  return /^https?:\/\//i.test(whole) && URL.canParse(whole) ? whole : undefined;
}

const urgency: readonly (Severity | undefined)[] = ['critical', 'warning', 'info'];

/** A channel that has no room for all leaves out the last ones. */
function mostUrgentFirst(a: NotificationAlert, b: NotificationAlert): number {
  if (a.status !== b.status) return a.status === 'firing' ? -1 : 1;
  return rank(a) - rank(b) || a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1);
}

function rank({ severity }: NotificationAlert): number {
  const place = urgency.indexOf(severity);
  return place < 0 ? urgency.length : place;
}

/** The entries that all records share. */
function common(records: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first, ...others] = records;
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([key, value]) => others.every((other) => other[key] === value)),
  );
}

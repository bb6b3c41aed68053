import { Labels, type Alert, type Language } from '@tapewatch/model';
import type { Notification, NotificationReport } from '@tapewatch/plugin-sdk';
import { compose } from './compose.js';

/** A report to be told, and when it was made. */
export interface ReportToTell extends NotificationReport {
  readonly at: number;
  /** Its own; what is said around it follows. */
  readonly language: Language;
}

/** Puts a report into the form that channels know, with an alert that says the same for those that know no reports. */
export function composeReport(
  { at, language, ...report }: ReportToTell,
  receiver: string,
  channel: string,
  externalUrl: string,
): Notification {
  const { alerts, ...notification } = compose({
    idempotencyKey: `${channel}/report/${report.id}`,
    receiver,
    groupKey: `report/${report.id}`,
    groupLabels: Labels.EMPTY,
    alerts: [standIn(report, at)],
    externalUrl,
    at,
    language,
  });
  return { ...notification, alerts: alerts.map((alert) => ({ ...alert, url: report.url })), report };
}

function standIn({ id, title, text, url }: NotificationReport, at: number): Alert {
  const labels = Labels.of({ alertname: 'Report', severity: 'info' });
  return {
    id,
    fingerprint: labels.fingerprint(),
    rule: { group: 'report', name: 'Report' },
    name: 'Report',
    state: 'firing',
    labels,
    annotations: { summary: title, description: `${text}\n${url}` },
    value: 1,
    startsAt: at,
    firedAt: at,
  };
}

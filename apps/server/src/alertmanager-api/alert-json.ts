import type { AlertGroupView, RoutedAlert } from '@tapewatch/pipeline';

/** `gettableAlert` of Alertmanager's API. */
export function alertJson(routed: RoutedAlert, mutedBy: readonly string[] = []): object {
  const { alert, receivers, updatedAt, endsAt, generatorUrl, inhibitedBy } = routed;
  const silencedBy = alert.silencedBy ?? [];
  const suppressed = silencedBy.length > 0 || alert.inhibitedBy !== undefined || mutedBy.length > 0;
  return {
    annotations: alert.annotations,
    endsAt: timeText(endsAt),
    fingerprint: alert.fingerprint,
    receivers: receivers.map((name) => ({ name })),
    startsAt: timeText(alert.firedAt ?? alert.startsAt),
    status: { inhibitedBy, mutedBy, silencedBy, state: suppressed ? 'suppressed' : 'active' },
    updatedAt: timeText(updatedAt),
    generatorURL: generatorUrl,
    labels: alert.labels.toObject(),
  };
}

/** `alertGroup` of Alertmanager's API, with those of its alerts that are asked for. */
export function groupJson(group: AlertGroupView, alerts: readonly RoutedAlert[]): object {
  return {
    alerts: alerts.map((routed) => alertJson(routed, group.mutedBy)),
    labels: group.labels.toObject(),
    receiver: { name: group.receiver },
    routeLabels: {},
  };
}

/** RFC 3339 with milliseconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

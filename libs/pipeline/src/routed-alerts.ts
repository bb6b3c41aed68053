import type { Alert, Labels } from '@tapewatch/model';
import { alertDetails, type AlertDetails } from './alert-details.js';
import type { PipelineParts } from './parts.js';

/** An alert that fires, with what Alertmanager's API says of it. */
export interface RoutedAlert extends AlertDetails {
  readonly alert: Alert;
  /** Names of the receivers that routes lead to from its labels. */
  readonly receivers: readonly string[];
  /** Fingerprints of the alerts that inhibit it. */
  readonly inhibitedBy: readonly string[];
}

/** Alerts that are told together. */
export interface AlertGroupView {
  readonly receiver: string;
  readonly labels: Labels;
  readonly alerts: readonly RoutedAlert[];
  /** Names of the time intervals that keep its route from telling anything now. */
  readonly mutedBy: readonly string[];
}

type Parts = Pick<PipelineParts, 'alerts' | 'engine' | 'externalUrl' | 'notifier'>;

/** Every alert that fires. */
export function routedAlerts(parts: Parts): readonly RoutedAlert[] {
  return routed(
    parts,
    parts.alerts.active().filter(({ state }) => state === 'firing'),
  );
}

/** Every group in which something fires. */
export function alertGroups(parts: Parts): readonly AlertGroupView[] {
  const groups = parts.notifier.groups();
  const known = new Map(
    routed(
      parts,
      groups.flatMap(({ alerts }) => alerts),
    ).map((one) => [one.alert.id, one]),
  );
  return groups.map((group) => ({ ...group, alerts: group.alerts.flatMap(({ id }) => known.get(id) ?? []) }));
}

function routed({ alerts, engine, externalUrl, notifier }: Parts, wanted: readonly Alert[]): readonly RoutedAlert[] {
  const details = alertDetails(alerts, engine.views(), externalUrl(), wanted);
  return wanted.map((alert, i) => ({
    ...(details[i] as AlertDetails),
    alert,
    receivers: notifier.receiversFor(alert.labels),
    inhibitedBy: (alert.inhibitedBy ?? []).flatMap((id) => alerts.current(id)?.fingerprint ?? []),
  }));
}

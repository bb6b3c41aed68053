import { createHash } from 'node:crypto';
import type { Alert, AlertInstance, RuleTransition } from '@tapewatch/model';

/** An alert with what only this room needs to know. */
export interface TrackedAlert {
  readonly alert: Alert;
  readonly firstAcknowledgedAt?: number;
  /** Resolved by hand while its rule still holds: the rule's word does not count until it has cleared once. */
  readonly held: boolean;
}

/** Which alert of which rule, over all its episodes. */
export function instanceKey(instance: Pick<AlertInstance, 'rule' | 'labels'>): string {
  return `${instance.rule.group}\u0000${instance.rule.name}\u0000${instance.labels.key}`;
}

/** Same rule, labels and start: same id, also in another process. */
export function alertId(instance: Pick<AlertInstance, 'rule' | 'labels' | 'startsAt'>): string {
  const key = `${instanceKey(instance)}\u0000${instance.startsAt}`;
  return createHash('sha256').update(key).digest('hex').slice(0, 20);
}

/** Begins an episode. */
export function openAlert(instance: AlertInstance): Alert {
  return {
    id: alertId(instance),
    fingerprint: instance.labels.fingerprint(),
    rule: instance.rule,
    name: instance.labels.get('alertname'),
    state: instance.state,
    labels: instance.labels,
    startsAt: instance.startsAt,
    ...evidence(instance),
  };
}

/** What the rule says now, put over what is known. */
export function refresh(alert: Alert, instance: AlertInstance): Alert {
  const { keepFiringSince: _past, ...rest } = alert;
  return { ...rest, state: instance.state, startsAt: instance.startsAt, ...evidence(instance) };
}

/** Ends an episode by the rule's word. */
export function end(alert: Alert, transition: RuleTransition): Alert {
  const { keepFiringSince: _past, ...rest } = alert;
  // One that has fired ends as resolved, also when a change of its rule had pulled it back to pending.
  const state = alert.firedAt === undefined ? 'inactive' : 'resolved';
  return {
    ...rest,
    state,
    endsAt: transition.at,
    value: transition.instance.value,
    annotations: transition.instance.annotations,
  };
}

/** The rule's view of an alert, to be handed back to it after a restart. */
export function instanceOf({ alert }: TrackedAlert): AlertInstance {
  return {
    rule: alert.rule,
    labels: alert.labels,
    annotations: alert.annotations,
    value: alert.value,
    // One that was resolved by hand is still firing in its rule's eyes.
    state: alert.firedAt === undefined ? 'pending' : 'firing',
    startsAt: alert.startsAt,
    ...(alert.firedAt === undefined ? {} : { firedAt: alert.firedAt }),
    ...(alert.keepFiringSince === undefined ? {} : { keepFiringSince: alert.keepFiringSince }),
  };
}

function evidence(instance: AlertInstance): Pick<Alert, 'value' | 'annotations' | 'firedAt' | 'keepFiringSince'> {
  return {
    value: instance.value,
    annotations: instance.annotations,
    ...(instance.firedAt === undefined ? {} : { firedAt: instance.firedAt }),
    ...(instance.keepFiringSince === undefined ? {} : { keepFiringSince: instance.keepFiringSince }),
  };
}

/** Nobody has heard of an alert that never fired; of one that did, every change may have to be told. */
export function hasFired({ alert }: TrackedAlert): boolean {
  return alert.firedAt !== undefined;
}

export function withoutAcknowledgement(tracked: TrackedAlert, at: number): TrackedAlert {
  const { acknowledgement: _ended, ...alert } = tracked.alert;
  return { ...tracked, alert: { ...alert, freedAt: at } };
}

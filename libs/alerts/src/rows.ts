import { Labels, type Alert, type AlertEvent } from '@tapewatch/model';
import type { Insertable, Selectable } from 'kysely';
import type { AlertEventRow, AlertRow } from './tables.js';
import type { TrackedAlert } from './tracked-alert.js';

export function toRow({ alert, firstAcknowledgedAt, held }: TrackedAlert): Insertable<AlertRow> {
  const acknowledgement = alert.acknowledgement;
  return {
    id: alert.id,
    fingerprint: alert.fingerprint,
    rule_group: alert.rule.group,
    rule_name: alert.rule.name,
    name: alert.name,
    state: alert.state,
    severity: alert.labels.get('severity'),
    labels: JSON.stringify(alert.labels),
    annotations: JSON.stringify(alert.annotations),
    value: String(alert.value),
    starts_at: alert.startsAt,
    fired_at: alert.firedAt ?? null,
    ends_at: alert.endsAt ?? null,
    keep_firing_since: alert.keepFiringSince ?? null,
    ack_by: acknowledgement?.by ?? null,
    ack_at: acknowledgement?.at ?? null,
    ack_note: acknowledgement?.note ?? null,
    ack_until: acknowledgement?.until ?? null,
    first_ack_at: firstAcknowledgedAt ?? null,
    resolved_by: alert.resolvedBy ?? null,
    resolution_reason: alert.resolutionReason ?? null,
    held: held ? 1 : 0,
    silenced_by: alert.silencedBy === undefined ? null : JSON.stringify(alert.silencedBy),
    inhibited_by: alert.inhibitedBy === undefined ? null : JSON.stringify(alert.inhibitedBy),
  };
}

export function fromRow(row: Selectable<AlertRow>): TrackedAlert {
  const alert: Alert = {
    id: row.id,
    fingerprint: row.fingerprint,
    rule: { group: row.rule_group, name: row.rule_name },
    name: row.name,
    state: row.state,
    labels: Labels.of(JSON.parse(row.labels) as Record<string, string>),
    annotations: JSON.parse(row.annotations) as Record<string, string>,
    value: Number(row.value),
    startsAt: row.starts_at,
    ...present('firedAt', row.fired_at),
    ...present('endsAt', row.ends_at),
    ...present('keepFiringSince', row.keep_firing_since),
    ...(row.ack_by === null || row.ack_at === null
      ? {}
      : {
          acknowledgement: {
            by: row.ack_by,
            at: row.ack_at,
            ...present('note', row.ack_note),
            ...present('until', row.ack_until),
          },
        }),
    ...present('silencedBy', listIn(row.silenced_by)),
    ...present('inhibitedBy', listIn(row.inhibited_by)),
    ...present('resolvedBy', row.resolved_by),
    ...present('resolutionReason', row.resolution_reason),
  };
  return { alert, held: row.held === 1, ...present('firstAcknowledgedAt', row.first_ack_at) };
}

export function eventFromRow(row: Selectable<AlertEventRow>): AlertEvent {
  return {
    cursor: row.cursor,
    at: row.at,
    kind: row.kind,
    alertId: row.alert_id,
    state: row.state,
    ...present('by', row.by),
    ...present('note', row.note),
  };
}

function present<K extends string, V>(key: K, value: V | null): { [P in K]?: V } {
  return value === null ? {} : ({ [key]: value } as { [P in K]: V });
}

function listIn(json: string | null): readonly string[] | null {
  return json === null ? null : (JSON.parse(json) as string[]);
}

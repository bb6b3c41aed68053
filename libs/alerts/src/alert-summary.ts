import type { Alerts } from './alerts.js';

export interface AlertSummary {
  readonly firing: number;
  readonly pending: number;
  readonly acknowledged: number;
  readonly silenced: number;
  /** Episodes that history keeps, the running ones included. */
  readonly historyTotal: number;
  /** Firing ones by the label `severity`, and by name. */
  readonly bySeverity: Readonly<Record<string, number>>;
  readonly byName: Readonly<Record<string, number>>;
  readonly lastFiredAt?: number;
  /** From firing to the first acknowledgement, over all that were acknowledged. */
  readonly meanTimeToAcknowledgeMs?: number;
  /** From firing to the end, over all that ended. */
  readonly meanTimeToResolveMs?: number;
}

export async function summarizeAlerts(alerts: Alerts): Promise<AlertSummary> {
  const active = alerts.active();
  const firing = active.filter(({ state }) => state === 'firing');
  const { total, ...times } = await alerts.history.figures();
  return {
    firing: firing.length,
    pending: active.length - firing.length,
    acknowledged: active.filter(({ acknowledgement }) => acknowledgement !== undefined).length,
    silenced: active.filter(({ silencedBy }) => silencedBy !== undefined).length,
    historyTotal: total,
    bySeverity: countBy(firing.map(({ labels }) => labels.get('severity'))),
    byName: countBy(firing.map(({ name }) => name)),
    ...times,
  };
}

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) if (key !== '') counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

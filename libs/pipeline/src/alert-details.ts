import type { Alerts } from '@tapewatch/alerts';
import type { Alert } from '@tapewatch/model';
import type { RuleGroupView } from '@tapewatch/rules';

/** What Alertmanager knows of an alert, and Tapewatch only for those who ask as they would ask an Alertmanager. */
export interface AlertDetails {
  /** When whoever sees to it last said that it stands: its rule, or the program that sent it. */
  readonly updatedAt: number;
  /** When it was over; of one that stands, when it would be if nothing more were heard of it. */
  readonly endsAt: number;
  /** Where it comes from, as a link: its rule's query while it stands, or what the program said; '' where nothing is known. */
  readonly generatorUrl: string;
}

/** Prometheus sends an alert again after this. */
const resendDelayMs = 60_000;
/** The last moment that RFC 3339 can write. */
const lastMoment = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** In the order of the alerts. */
export function alertDetails(
  alerts: Pick<Alerts, 'posted'>,
  groups: readonly RuleGroupView[],
  externalUrl: string,
  wanted: readonly Alert[],
): readonly AlertDetails[] {
  const rules = new Map(
    groups.flatMap((group) =>
      group.rules.flatMap(({ query, alertIds }) => alertIds.map((id) => [id, { group, query }])),
    ),
  );
  return wanted.map((alert): AlertDetails => {
    const rule = rules.get(alert.id);
    const posted = rule === undefined ? alerts.posted.detailsOf(alert) : undefined;
    const updatedAt =
      alert.endsAt ?? posted?.updatedAt ?? rule?.group.lastEvaluationAt ?? alert.firedAt ?? alert.startsAt;
    const intervalMs = Math.max(rule?.group.intervalMs ?? 0, resendDelayMs);
    return {
      updatedAt,
      // As Prometheus says it: four times the time after which it says so again.
      endsAt: Math.min(alert.endsAt ?? posted?.endsAt ?? updatedAt + 4 * intervalMs, lastMoment),
      generatorUrl: posted?.generatorUrl ?? (rule === undefined ? '' : linkTo(externalUrl, rule.query)),
    };
  });
}

/** As Prometheus links to the table of an expression. */
function linkTo(externalUrl: string, query: string): string {
  return `${externalUrl}/graph?g0.expr=${encodeURIComponent(query)}&g0.tab=1`;
}

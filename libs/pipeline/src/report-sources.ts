import { setImmediate } from 'node:timers/promises';
import type { Alerts } from '@tapewatch/alerts';
import type { TapewatchConfig } from '@tapewatch/config';
import type { HealthChecks } from '@tapewatch/health';
import type { HistoryReader } from '@tapewatch/metric-store';
import type { Notifier } from '@tapewatch/notify';
import { parse } from '@tapewatch/promql';
import type { ReportDelivery, ReportMetrics, ReportSources } from '@tapewatch/reporting';

/** More than any report of ours asks for at once; what goes over it ends the report, not the program. */
const limits = { maxSeries: 20_000, maxSamples: 50_000_000 };

/** What reports are made from, read from the other stages. */
export function reportSources(parts: {
  readonly config: TapewatchConfig;
  readonly history: HistoryReader;
  readonly alerts: Alerts;
  readonly health: HealthChecks;
  readonly notifier: Notifier;
}): ReportSources {
  const { config, history, alerts, health, notifier } = parts;
  return {
    metrics: reportMetrics(history),
    alerts: alerts.history,
    health: health.history,
    notifications: notifier,
    watched: { exchanges: config.exchanges, components: config.checks.map(({ name }) => name) },
    breathe: () => setImmediate(),
  };
}

export function reportDelivery(notifier: Notifier): ReportDelivery {
  return { tell: (receiver, message) => notifier.tellReport(receiver, message) };
}

function reportMetrics(history: HistoryReader): ReportMetrics {
  return {
    minutes: (selector, fromMs, toMs) => {
      const expression = parse(selector);
      if (expression.kind !== 'selector') throw new Error(`${selector} is no selector`);
      return history.minutes(expression.matchers, fromMs, toMs, limits);
    },
    completeness: (fromMs, toMs) => history.completeness(fromMs, toMs),
  };
}

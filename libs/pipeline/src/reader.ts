import { compileAlertFilter, filterSilences, listAlerts, previewSilence, summarizeAlerts } from '@tapewatch/alerts';
import type { ExchangeView } from '@tapewatch/exchanges';
import { summarizeMetrics } from '@tapewatch/metric-store';
import { prometheusText } from '@tapewatch/telemetry';
import { alertmanagerText } from '@tapewatch/config';
import { alertGroups, routedAlerts } from './routed-alerts.js';
import type { PipelineParts } from './parts.js';
import { formatQuery, parseQuery } from './query-text.js';
import { knownLabels, RuleWays } from './rule-ways.js';
import { findSeries, metricMetadata } from './series-queries.js';
import type { DestinationView, PipelineReader, PipelineStatus, Readiness } from './pipeline.js';

/** Answers from the stages, as they are. */
export function createReader(parts: PipelineParts, exchanges: () => readonly ExchangeView[]): PipelineReader {
  const { access, alerts, backtests, clock, engine, health, metrics, notifier, queries, registry, reports } = parts;
  const { series, store } = parts;
  const startedAt = clock.now();
  const ways = waysInForce(parts);
  return {
    readiness: () => readinessOf(parts),
    health: () => health.summary(),
    healthHistory: (request) => health.history.page(request),
    uptimeRatio: (component, rangeMs) => health.history.uptimeRatio(component, clock.now() - rangeMs, clock.now()),
    alerts: (request) => listAlerts(alerts, request),
    alert: (id) => alerts.find(id),
    compileAlertFilter,
    alertHistory: (id, last) => alerts.history.eventsOf(id, last),
    alertSummary: () => summarizeAlerts(alerts),
    routedAlerts: () => routedAlerts(parts),
    alertGroups: () => alertGroups(parts),
    receivers: () => parts.notifier.receivers(),
    alertmanagerText: () => alertmanagerText(parts.reloader.config),
    silences: (matchers) => filterSilences(alerts.silences.all(), matchers),
    silence: (id) => alerts.silences.find(id),
    previewSilence: (matchers, since) => previewSilence(alerts, matchers, since),
    rules: () => engine.views(),
    ruleWay: ({ name, labels }) => ways().of(knownLabels(name, labels)),
    query: (text, at, options) => queries.instant(text, at, options),
    queryRange: (text, from, to, stepMs, options) => queries.range(text, from, to, stepMs, options),
    backtest: (request, signal) => backtests.run(request, signal),
    backtestProgress: () => backtests.progress,
    formatQuery,
    parseQuery,
    series: (selectors, from, to) => findSeries(metrics, selectors, from, to),
    metadata: () => metricMetadata(store),
    metricsSummary: (rangeMs, match) => summarizeMetrics(metrics, rangeMs, match),
    tokens: () => access.tokens.all(),
    sessions: () => access.sessions.all(),
    audit: (request) => access.audit.page(request),
    verifyAudit: () => access.audit.verify(),
    exchanges,
    channels: () => Promise.resolve(notifier.channels()),
    messagePreview: (channel) => parts.notifier.preview(channel),
    notifications: (request) => parts.notifier.notifications(request),
    plugins: () => registry.views(),
    reports: (request) => reports.page(request),
    report: (id) => reports.find(id),
    reportData: (id) => reports.data(id),
    reportText: (id, format, language) => reports.rendered(id, format, language),
    status: () => statusOf(parts, startedAt),
    stateLoss: () => parts.state.loss?.message,
    configText: () => parts.reloader.config.shown,
    prometheusText: () => (series.latest === undefined ? '' : prometheusText(series.latest)),
  };
}

function readinessOf({
  access,
  alerts,
  destinations,
  health,
  metrics,
  notifier,
  reloader,
  state,
  store,
}: PipelineParts): Readiness {
  // Storage and rules are there since the pipeline was created.
  const waitingFor = store.ownTickAt === undefined ? ['first tick'] : [];
  const degraded = [
    ...(alerts.durable ? [] : ['alert history cannot be written']),
    ...(metrics.serving ? [] : ['the storage worker of the metric history has ended and is started again']),
    ...(metrics.serving && metrics.durable === false ? ['metric history cannot be written'] : []),
    ...metrics.damaged.map((file) => `metric history was damaged: ${file} was set aside`),
    ...(reloader.error === undefined ? [] : ['the configuration on disk was refused; the last good one is in force']),
    ...(access.audit.healthy ? [] : ['the audit log cannot be written']),
    ...(health.durable ? [] : ['health history cannot be written']),
    ...(notifier.durable ? [] : ['notifications cannot be written']),
    ...(state.loss === undefined ? [] : [`state was lost before this start: ${state.loss.message}`]),
    ...(store.shortened ? [`metric memory is shortened to ${Math.round(store.retentionMs / 1000)} s`] : []),
    ...destinations.flatMap((destination) => {
      const { name, healthy } = destination.status();
      return healthy === false ? [`OTLP destination ${name} cannot be reached`] : [];
    }),
    ...notifier.channels().flatMap(({ name, healthy }) => (healthy ? [] : [`channel ${name} does not deliver`])),
  ];
  return { ready: waitingFor.length === 0, waitingFor, degraded };
}

/** Made once for each configuration. */
function waysInForce({ reloader }: PipelineParts): () => RuleWays {
  let { config } = reloader;
  let ways = new RuleWays(config);
  return () => {
    if (config !== reloader.config) {
      config = reloader.config;
      ways = new RuleWays(config);
    }
    return ways;
  };
}

function statusOf(parts: PipelineParts, startedAt: number): PipelineStatus {
  const { destinations, reloader, store, version } = parts;
  const lagSeconds = newestValue(parts, 'histogram_quantile(0.99, rate(tapewatch_tick_lag_seconds_bucket[5m]))');
  return {
    startedAt,
    version,
    seriesActive: store.seriesActive,
    samplesTotal: store.samplesTotal,
    missedTicks: newestValue(parts, 'tapewatch_tick_missed_total') ?? 0,
    destinations: destinations.map((destination): DestinationView => {
      const status = destination.status();
      // Until the first export has ended nothing speaks against it.
      return { ...status, healthy: status.healthy ?? true };
    }),
    ...(store.ownTickAt === undefined ? {} : { lastTickAt: store.ownTickAt }),
    ...(reloader.reloadedAt === undefined ? {} : { configReloadedAt: reloader.reloadedAt }),
    ...(reloader.error === undefined ? {} : { configError: reloader.error }),
    ...(lagSeconds === undefined ? {} : { tickLagP99Ms: lagSeconds * 1000 }),
  };
}

function newestValue({ queries }: PipelineParts, text: string): number | undefined {
  const result = queries.inMemory(text);
  const value = result.ok ? result.value.series[0]?.values[0] : undefined;
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

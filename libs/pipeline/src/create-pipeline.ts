import { hostname } from 'node:os';
import { Access } from '@tapewatch/access';
import { alertId, Alerts } from '@tapewatch/alerts';
import type { TapewatchConfig } from '@tapewatch/config';
import { createExchanges } from '@tapewatch/exchanges';
import { HealthChecks } from '@tapewatch/health';
import type { MetricStore } from '@tapewatch/metric-store';
import { languageOf, type AlertEvent, type HealthEvent } from '@tapewatch/model';
import { Heartbeat, Notifier } from '@tapewatch/notify';
import { Supervisor } from '@tapewatch/plugin-host';
import { Reports, type ReportEvent } from '@tapewatch/reporting';
import { createRuleEngine } from '@tapewatch/rules';
import {
  createTelemetry,
  destinationsFrom,
  OtlpDestination,
  OtlpIntake,
  resourceFrom,
  SeriesTranslation,
} from '@tapewatch/telemetry';
import { Backtests } from './backtest/backtests.js';
import { loadRuleText } from './backtest/load-rule-text.js';
import { checkPipelineConfig, type LoadedConfig } from './check-pipeline-config.js';
import { bindChecks, bindReceivers } from './configured-plugins.js';
import type { PipelineDependencies } from './dependencies.js';
import { EventTopic } from './event-topic.js';
import { FindingsLog } from './findings-log.js';
import { instanceId } from './instance-id.js';
import { KeptState } from './kept-state.js';
import type { Pipeline } from './pipeline.js';
import { OnArrival } from './on-arrival.js';
import { openMetrics } from './open-metrics.js';
import { PipelineRun } from './pipeline-run.js';
import { Pulse } from './pulse.js';
import { Queries } from './queries.js';
import { createReload, type InForce } from './reload/create-reload.js';
import { reportDelivery, reportSources } from './report-sources.js';
import { timeWindows } from './time-windows.js';
import { TickFork } from './tick-fork.js';

/**
 * Builds the program from its config: the one place that knows the order of the stages. Opens the data folder, loads plugins and rules,
 * and measures nothing yet. Throws ConfigError (everything wrong with the config at once) or StartError (data folder in use, damaged ...).
 */
export async function createPipeline(config: TapewatchConfig, dependencies: PipelineDependencies): Promise<Pipeline> {
  const loaded = await checkPipelineConfig(config, dependencies);
  const state = await KeptState.open(config.dataDir, dependencies);
  let metrics: MetricStore | undefined;
  try {
    // After the state, whose lock keeps a second process out of the folder.
    metrics = await openMetrics(config, dependencies);
    return await assemble(config, dependencies, loaded, state, metrics);
  } catch (thrown) {
    await metrics?.stop();
    await state.close();
    throw thrown;
  }
}

async function assemble(
  config: TapewatchConfig,
  dependencies: PipelineDependencies,
  loaded: LoadedConfig,
  state: KeptState,
  metrics: MetricStore,
): Promise<Pipeline> {
  const { registry, groups } = loaded;
  const { database } = state;
  const { clock, logger, random, env, version, externalUrl } = dependencies;

  // collect ──> meters ──> tick ──┬──> OTLP destinations       (a spool would stand here, before them)
  //                               └──> series ──> store ──> rules ──> store (what they record) ──> history
  const store = metrics.memory;
  const ticks = new TickFork(logger);
  const series = new SeriesTranslation({ logger, next: [ticks] });
  const destinations = destinationsFrom(env, config.otlp.destinations).map(
    (destination) => new OtlpDestination({ clock, logger, destination }),
  );
  const telemetry = createTelemetry({
    clock,
    logger,
    resource: resourceFrom(env, {
      serviceName: 'tapewatch',
      serviceVersion: version,
      serviceInstanceId: await instanceId(config.dataDir),
      attributes: { 'host.name': hostname(), ...config.metrics.resource },
    }),
    cardinalityLimit: config.metrics.cardinalityLimit,
    next: [series, ...destinations],
  });
  const meter = telemetry.meterProvider.getMeter('tapewatch', version);
  metrics.measure(meter);

  // A backend keeps every sample for as long as it pleases.
  const rawMs = config.metrics.backend === undefined ? config.metrics.history.rawMs : Infinity;
  const queries = new Queries(metrics, clock, rawMs);
  const supervisor = new Supervisor({
    clock,
    logger,
    meter,
    query: (text) => queries.samples(text),
    noteError: (plugin, message) => registry.noteError(plugin, message),
  });
  const checks = await bindChecks(config, registry, supervisor);
  const receivers = await bindReceivers(config, registry, supervisor);
  /** What a reload changes. */
  let inForce: InForce = { config, groups, receivers };
  const findings = new FindingsLog(logger);
  findings.tell(loaded);

  // rules ──> alerts ──> notify ──> channels
  const alertEvents = new EventTopic<AlertEvent>(logger);
  const healthEvents = new EventTopic<HealthEvent>(logger);
  const notifier = new Notifier({
    database,
    route: config.route,
    notificationsKeptMs: config.history.notificationsMs,
    receivers,
    timeWindows: timeWindows(config),
    current: (id) => alerts.current(id),
    escalated: (id, note) => alerts.escalated(id, note),
    externalUrl,
    language: languageOf(env),
    clock,
    random,
    logger,
    meter,
  });
  const alerts = await Alerts.open({
    database,
    dispatch: notifier,
    ...config.alerts,
    inhibitRules: config.inhibitRules,
    suppressed: (alert, reason) => void notifier.suppressed(alert, reason),
    publish: (event) => alertEvents.publish(event),
    clock,
    logger,
    meter,
  });
  const engine = createRuleEngine({
    groups,
    query: (expression, at) => queries.evaluate(expression, at),
    record: (at, samples) => {
      const conflict = store.appendRuleSamples(at, samples);
      if (conflict !== undefined)
        throw new Error(
          `${conflict.labels.toString()} has a value of this time already: something else writes it, too`,
        );
    },
    meter,
    clock,
    logger,
    externalUrl,
    language: languageOf(env),
    timeline: telemetry.timeline,
    alertId,
    countSeries: (matchers) => store.select(matchers).length,
    next: (evaluation) => alerts.accept(evaluation),
  });

  // between ticks: market messages and pushed samples ──> store ──> rules that select few series
  const arrivals = new OnArrival({ clock, store, engine });
  const intake = new OtlpIntake({
    ...{ clock, meter, promote: config.otlp.promoteResourceAttributes, timeline: telemetry.timeline },
    next: {
      append: (pushed, timeMs, value) => {
        const refusal = store.append(pushed, timeMs, value);
        if (refusal === undefined) arrivals.pushed(pushed);
        return refusal;
      },
      end: (pushed, timeMs) => store.end(pushed, timeMs),
    },
  });
  const exchanges = createExchanges({
    ...{ exchanges: config.exchanges, meter, clock, logger, random },
    arrived: (instrument, value, attributes) => {
      const found = series.seriesOf(instrument, attributes);
      if (found !== undefined) arrivals.observed(found, value);
    },
  });
  const health = new HealthChecks({
    checks,
    database,
    publish: (event) => healthEvents.publish(event),
    clock,
    logger,
    meter,
  });
  const access = await Access.open({ database, clock, logger });
  const reportEvents = new EventTopic<ReportEvent>(logger);
  const reports = new Reports({
    database,
    sources: reportSources({ config, history: metrics.history, alerts, health, notifier }),
    scheduled: config.reports.map(({ schedule, ...report }) => ({ ...report, cron: schedule })),
    delivery: reportDelivery(notifier),
    publish: (event) => reportEvents.publish(event),
    externalUrl,
    clock,
    random,
    logger,
  });
  const backtests = new Backtests({
    clock,
    surroundings: () => ({
      ...{ metrics, rawMs, clock },
      ...{ groups: inForce.groups, receivers: inForce.receivers, route: inForce.config.route },
      timeWindows: timeWindows(inForce.config),
      inhibitRules: inForce.config.inhibitRules,
      silences: () => Promise.resolve(alerts.silences.all()),
      loadFile: (file) => loadRuleText(file, registry),
      externalUrl: externalUrl(),
      language: languageOf(env),
    }),
  });
  alertEvents.readFrom(alerts.history);
  healthEvents.readFrom(health.history);
  reportEvents.readFrom(reports.events);

  const { reloader, watch } = createReload(config, dependencies, {
    registry,
    supervisor,
    meter,
    findings,
    apply: (next) => {
      inForce = next;
      void notifier.reconfigure({
        route: next.config.route,
        receivers: next.receivers,
        timeWindows: timeWindows(next.config),
      });
      alerts.swapInhibitRules(next.config.inhibitRules);
      const { changed, orphans } = engine.replaceGroups(next.groups);
      alerts.abandon(orphans, clock.now());
      return changed;
    },
  });
  const pulse = new Pulse({ alerts, clock, engine, notifier, store });
  const heartbeat =
    config.heartbeat === undefined
      ? undefined
      : new Heartbeat({
          ...config.heartbeat,
          fault: () => pulse.fault(),
          fetch,
          clock,
          logger,
          meter,
        });
  return new PipelineRun({
    ...(heartbeat === undefined ? {} : { heartbeat }),
    config,
    reloader,
    watch,
    version,
    externalUrl,
    clock,
    logger,
    meter,
    state,
    registry,
    supervisor,
    metrics,
    store,
    ticks,
    pulse,
    series,
    destinations,
    telemetry,
    arrivals,
    intake,
    queries,
    engine,
    access,
    alerts,
    notifier,
    exchanges,
    health,
    reports,
    backtests,
    alertEvents,
    healthEvents,
    reportEvents,
  });
}

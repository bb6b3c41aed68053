import { hostname } from 'node:os';
import { createNoopMeter } from '@opentelemetry/api';
import { Access } from '@tapewatch/access';
import { alertId, Alerts } from '@tapewatch/alerts';
import type { TapewatchConfig } from '@tapewatch/config';
import { createExchanges } from '@tapewatch/exchanges';
import { HealthChecks } from '@tapewatch/health';
import type { MetricStore } from '@tapewatch/metric-store';
import {
  ConfigError,
  formatProblem,
  languageOf,
  type AlertEvent,
  type Clock,
  type HealthEvent,
  type Logger,
  type Problem,
} from '@tapewatch/model';
import { Heartbeat, Notifier, type Receiver } from '@tapewatch/notify';
import { Supervisor, type PluginRegistry } from '@tapewatch/plugin-host';
import { Reports, type ReportEvent } from '@tapewatch/reporting';
import { createRuleEngine, type RuleGroup } from '@tapewatch/rules';
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
import { bindPlugins, foreignReceivers, loadPlugins } from './configured-plugins.js';
import { loadRules } from './configured-rules.js';
import { EventTopic } from './event-topic.js';
import { exchangeProblems } from './exchange-problems.js';
import { instanceId } from './instance-id.js';
import { KeptState } from './kept-state.js';
import type { Pipeline } from './pipeline.js';
import { openMetrics } from './open-metrics.js';
import { PipelineRun } from './pipeline-run.js';
import { pulseFault } from './pulse.js';
import { Queries } from './queries.js';
import { routingProblems } from './routing-problems.js';
import { reportProblems } from './report-problems.js';
import { reportDelivery, reportSources } from './report-sources.js';
import { TickFork } from './tick-fork.js';

export interface PipelineDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** Base of links, without a trailing slash; asked late, as the port may be known late. */
  readonly externalUrl: () => string;
  readonly shippedRulesDir: string;
}

/** To see whether the environment lays something wrong over it. */
const unnamedResource = { serviceName: '', serviceVersion: '', serviceInstanceId: '', attributes: {} };

/** What a config names, loaded. */
export interface LoadedConfig {
  readonly registry: PluginRegistry;
  readonly groups: readonly RuleGroup[];
  /** What has no effect, or cannot be delivered. */
  readonly warnings: readonly Problem[];
  /** Bound to nothing that could send. */
  readonly receivers: readonly Receiver[];
}

/** Everything of a config that can be wrong and that only the stages can see. Throws a ConfigError with all of it; touches no data. */
export async function checkPipelineConfig(
  config: TapewatchConfig,
  dependencies: Pick<PipelineDependencies, 'clock' | 'logger' | 'env' | 'shippedRulesDir'>,
): Promise<LoadedConfig> {
  const problems = [
    ...exchangeProblems(config.exchanges, config.locate),
    ...reportProblems(config.reports, config.locate),
    ...routingProblems(config),
  ];
  const collect = async <T>(work: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      problems.push(...thrown.problems);
      return undefined;
    }
  };
  await collect(() => destinationsFrom(dependencies.env, config.otlp.destinations));
  await collect(() => resourceFrom(dependencies.env, unnamedResource));
  const { registry, problems: pluginProblems } = await loadPlugins(config);
  problems.push(...pluginProblems);
  const groups = await collect(() => loadRules(config, dependencies.shippedRulesDir, registry));
  const bound = await collect(() => bindPlugins(config, registry, idleSupervisor(dependencies)));
  if (problems.length > 0 || groups === undefined || bound === undefined) throw new ConfigError(problems);
  return {
    ...{ registry, groups, receivers: bound.receivers },
    warnings: [...config.warnings, ...foreignReceivers(config, registry)],
  };
}

/** Of each name whether a time lies in one of its intervals. */
export function timeWindows({ timeIntervals }: TapewatchConfig): ReadonlyMap<string, (at: number) => boolean> {
  return new Map(
    timeIntervals.map(({ name, intervals }) => [name, (at: number) => intervals.some((one) => one.contains(at))]),
  );
}

/** To see whether plugins take their config, without calling or measuring them. */
function idleSupervisor({ clock, logger }: Pick<PipelineDependencies, 'clock' | 'logger'>): Supervisor {
  return new Supervisor({
    clock,
    logger,
    meter: createNoopMeter(),
    query: () => Promise.resolve([]),
    noteError: () => undefined,
  });
}

/**
 * Builds the program from its config: the one place that knows the order of the stages. Opens the data folder, loads plugins and rules,
 * and measures nothing yet. Throws ConfigError (everything wrong with the config at once) or StartError (data folder in use, damaged ...).
 */
export async function createPipeline(config: TapewatchConfig, dependencies: PipelineDependencies): Promise<Pipeline> {
  const loaded = await checkPipelineConfig(config, dependencies);
  for (const warning of loaded.warnings) dependencies.logger.warn({}, formatProblem(warning));
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
  { registry, groups }: LoadedConfig,
  state: KeptState,
  metrics: MetricStore,
): Promise<Pipeline> {
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
  const intake = new OtlpIntake({ clock, meter, next: store, promote: config.otlp.promoteResourceAttributes });

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
  const { checks, receivers } = await bindPlugins(config, registry, supervisor);

  // rules ──> alerts ──> notify ──> channels
  const alertEvents = new EventTopic<AlertEvent>(logger);
  const healthEvents = new EventTopic<HealthEvent>(logger);
  const notifier = new Notifier({
    database,
    route: config.route,
    notificationsKeptMs: config.history.notificationsMs,
    receivers,
    timeWindows: timeWindows(config),
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
    alertId,
    next: (evaluation) => alerts.accept(evaluation),
  });
  const exchanges = createExchanges({ exchanges: config.exchanges, meter, clock, logger, random });
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
      ...{ metrics, rawMs, groups, receivers, clock, route: config.route },
      ...{ timeWindows: timeWindows(config), inhibitRules: config.inhibitRules },
      silences: () => Promise.resolve(alerts.silences.all()),
      loadFile: (file) => loadRuleText(file, registry),
      externalUrl: externalUrl(),
      language: languageOf(env),
    }),
  });
  alertEvents.readFrom(alerts.history);
  healthEvents.readFrom(health.history);
  reportEvents.readFrom(reports.events);

  const heartbeat =
    config.heartbeat === undefined
      ? undefined
      : new Heartbeat({
          ...config.heartbeat,
          fault: () => pulseFault({ alerts, clock, engine, notifier, store }),
          fetch,
          clock,
          logger,
          meter,
        });
  return new PipelineRun({
    ...(heartbeat === undefined ? {} : { heartbeat }),
    config,
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
    series,
    destinations,
    telemetry,
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

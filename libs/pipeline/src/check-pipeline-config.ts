import { createNoopMeter } from '@opentelemetry/api';
import type { TapewatchConfig } from '@tapewatch/config';
import { ConfigError, type Problem } from '@tapewatch/model';
import type { Receiver } from '@tapewatch/notify';
import { Supervisor, type PluginRegistry } from '@tapewatch/plugin-host';
import type { RuleGroup } from '@tapewatch/rules';
import { destinationsFrom, resourceFrom } from '@tapewatch/telemetry';
import { bindChecks, bindReceivers, foreignReceivers, loadPlugins } from './configured-plugins.js';
import { loadRules } from './configured-rules.js';
import type { PipelineDependencies } from './dependencies.js';
import { exchangeProblems } from './exchange-problems.js';
import { reportProblems } from './report-problems.js';
import { routingProblems } from './routing-problems.js';
import { ruleWayProblems } from './rule-way-problems.js';

/** To see whether the environment lays something wrong over it. */
const unnamedResource = { serviceName: '', serviceVersion: '', serviceInstanceId: '', attributes: {} };

/** What a config names, loaded. */
export interface LoadedConfig {
  readonly registry: PluginRegistry;
  readonly groups: readonly RuleGroup[];
  /** What has no effect, or cannot be delivered. */
  readonly warnings: readonly Problem[];
  /** What may well be meant so. */
  readonly notes: readonly Problem[];
  /** Bound to nothing that could send. */
  readonly receivers: readonly Receiver[];
}

/** Everything of a config that can be wrong and that only the stages can see; with `loaded`, by the plugins that are there already. Throws a ConfigError with all of it; touches no data. */
export async function checkPipelineConfig(
  config: TapewatchConfig,
  dependencies: Pick<PipelineDependencies, 'clock' | 'logger' | 'env' | 'shippedRulesDir'>,
  loaded?: PluginRegistry,
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
  const { registry, problems: pluginProblems } =
    loaded === undefined ? await loadPlugins(config) : { registry: loaded, problems: [] };
  problems.push(...pluginProblems);
  const groups = await collect(() => loadRules(config, dependencies.shippedRulesDir, registry));
  const idle = idleSupervisor(dependencies);
  await collect(() => bindChecks(config, registry, idle));
  const receivers = await collect(() => bindReceivers(config, registry, idle));
  if (problems.length > 0 || groups === undefined || receivers === undefined) throw new ConfigError(problems);
  const { warnings, notes } = ruleWayProblems(config, groups);
  return {
    ...{ registry, groups, receivers, notes },
    warnings: [...config.warnings, ...foreignReceivers(config, registry), ...warnings],
  };
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

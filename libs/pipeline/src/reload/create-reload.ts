import type { Meter } from '@opentelemetry/api';
import type { TapewatchConfig } from '@tapewatch/config';
import type { Receiver } from '@tapewatch/notify';
import type { PluginRegistry, Supervisor } from '@tapewatch/plugin-host';
import type { RuleGroup } from '@tapewatch/rules';
import { checkPipelineConfig } from '../check-pipeline-config.js';
import { bindReceivers } from '../configured-plugins.js';
import type { PipelineDependencies } from '../dependencies.js';
import type { FindingsLog } from '../findings-log.js';
import { Reloader } from './reloader.js';
import { WatchFiles } from './watch-files.js';

/** The part of a configuration that changes while the program runs, made of it. */
export interface InForce {
  readonly config: TapewatchConfig;
  readonly groups: readonly RuleGroup[];
  readonly receivers: readonly Receiver[];
}

/** How often files are looked at for changes. */
const watchEveryMs = 1_000;

/** Reads the configuration again when it is asked to and, unless the configuration says otherwise, when its files change. */
export function createReload(
  config: TapewatchConfig,
  dependencies: PipelineDependencies,
  parts: {
    readonly registry: PluginRegistry;
    readonly supervisor: Supervisor;
    readonly meter: Meter;
    readonly findings: FindingsLog;
    /** Puts it into force between two ticks; answers which rules changed, by name. */
    readonly apply: (next: InForce) => readonly string[];
  },
): { readonly reloader: Reloader; readonly watch: WatchFiles | undefined } {
  const { clock, logger, readConfig } = dependencies;
  const { registry, supervisor, meter, findings, apply } = parts;
  const unknown = (): Promise<never> => Promise.reject(new Error('it is not known where the configuration came from'));
  const reloader = new Reloader({
    config,
    read: readConfig ?? unknown,
    prepare: async (next) => {
      const loaded = await checkPipelineConfig(next, dependencies, registry);
      const receivers = await bindReceivers(next, registry, supervisor);
      return () => {
        findings.tell(loaded);
        return apply({ config: next, groups: loaded.groups, receivers });
      };
    },
    clock,
    logger,
    meter,
  });
  const isWatched = config.reload.watch && readConfig !== undefined;
  const watch = new WatchFiles({
    paths: () => reloader.config.sources,
    changed: () => void reloader.reload('a changed file'),
    everyMs: watchEveryMs,
    clock,
  });
  return { reloader, watch: isWatched ? watch : undefined };
}

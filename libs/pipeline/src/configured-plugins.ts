import type { TapewatchConfig } from '@tapewatch/config';
import { ConfigError, type Problem } from '@tapewatch/model';
import {
  createChannel,
  createCheck,
  loadPlugin,
  PluginRegistry,
  type CheckInstance,
  type Supervisor,
} from '@tapewatch/plugin-host';
import type { Receiver } from '@tapewatch/notify';
import { bundledPlugins } from './bundled-plugins.js';

/** Every plugin of the program: the bundled ones, then the user's, as far as they can be loaded, and what is wrong with the others. */
export async function loadPlugins(
  config: TapewatchConfig,
): Promise<{ readonly registry: PluginRegistry; readonly problems: readonly Problem[] }> {
  const registry = new PluginRegistry();
  for (const plugin of bundledPlugins) registry.register(plugin, 'bundled');
  const problems: Problem[] = [];
  for (const { path } of config.plugins) {
    try {
      registry.register(await loadPlugin(path), path);
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      problems.push(...thrown.problems);
    }
  }
  return { registry, problems };
}

/** Binds plugins to the checks and receivers that the config names. Throws a ConfigError with all that does not fit. */
export async function bindPlugins(
  config: TapewatchConfig,
  registry: PluginRegistry,
  supervisor: Supervisor,
): Promise<{ readonly checks: readonly CheckInstance[]; readonly receivers: readonly Receiver[] }> {
  const host = { registry, supervisor, locate: config.locate };
  const problems: Problem[] = [];
  const kept = <T>(parsed: { ok: true; value: T } | { ok: false; problems: readonly Problem[] }): readonly T[] => {
    if (parsed.ok) return [parsed.value];
    problems.push(...parsed.problems);
    return [];
  };
  const checks: CheckInstance[] = [];
  for (const [i, check] of config.checks.entries()) checks.push(...kept(await createCheck(check, ['checks', i], host)));
  const receivers: Receiver[] = [];
  for (const { name, channels } of config.receivers) {
    const bound = [];
    for (const channel of channels) bound.push(...kept(await createChannel(channel, host)));
    receivers.push({ name, channels: bound });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { checks, receivers };
}

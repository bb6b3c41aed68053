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

/** Binds plugins to the checks that the config names. Throws a ConfigError with all that does not fit. */
export async function bindChecks(
  config: TapewatchConfig,
  registry: PluginRegistry,
  supervisor: Supervisor,
): Promise<readonly CheckInstance[]> {
  const host = { registry, supervisor, locate: config.locate };
  return whole(await Promise.all(config.checks.map((check, i) => createCheck(check, ['checks', i], host))));
}

/** Binds plugins to the channels of the receivers that the config names. Throws a ConfigError with all that does not fit. */
export async function bindReceivers(
  config: TapewatchConfig,
  registry: PluginRegistry,
  supervisor: Supervisor,
): Promise<readonly Receiver[]> {
  const host = { registry, supervisor, locate: config.locate };
  const parsed = await Promise.all(
    config.receivers.map(({ channels }) => Promise.all(channels.map((channel) => createChannel(channel, host)))),
  );
  whole(parsed.flat());
  return config.receivers.map(({ name }, i) => ({ name, channels: whole(parsed[i] ?? []) }));
}

type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

function whole<T>(parsed: readonly Parsed<T>[]): readonly T[] {
  const problems = parsed.flatMap((one) => (one.ok ? [] : one.problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return parsed.flatMap((one) => (one.ok ? [one.value] : []));
}

import { formatPath, type ChannelConfig, type TapewatchConfig } from '@tapewatch/config';
import { ConfigError, type Problem } from '@tapewatch/model';
import {
  createChannel,
  createCheck,
  loadPlugin,
  PluginRegistry,
  type CheckInstance,
  type Supervisor,
} from '@tapewatch/plugin-host';
import type { Channel, Receiver } from '@tapewatch/notify';
import { bundledPlugins } from './bundled-plugins.js';
import { loadMessageTemplates, type LoadedTemplates } from './message-templates.js';
import { undeliverableChannel } from './undeliverable.js';

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
  const templates = await loadMessageTemplates(config);
  problems.push(...templates.problems);
  const receivers: Receiver[] = [];
  for (const { name, channels } of config.receivers) {
    const bound: Channel[] = [];
    for (const channel of channels)
      bound.push(
        ...(isForeign(channel, registry) ? [undeliverableChannel(channel)] : kept(await createChannel(channel, host))),
      );
    receivers.push({ name, channels: bound.map((channel) => withTemplate(channel, templates)) });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { checks, receivers };
}

function withTemplate(channel: Channel, { byChannel }: LoadedTemplates): Channel {
  const template = byChannel.get(channel.name);
  return template === undefined ? channel : { ...channel, template };
}

/** Receivers of an imported file that no plugin serves, each by name: nothing that they are to be told can be delivered. */
export function foreignReceivers(config: TapewatchConfig, registry: PluginRegistry): readonly Problem[] {
  return config.receivers.flatMap(({ name, channels }) =>
    channels
      .filter((channel) => isForeign(channel, registry))
      .map(({ type, path }): Problem => {
        const { file, line, column } = config.locate(path);
        return {
          code: 'CONFIG_NOT_SUPPORTED',
          message: `Nothing can be delivered to the receiver ${name} this way: no plugin provides the channel type ${type}.`,
          file,
          line,
          column,
          path: formatPath(path),
          allowed: registry
            .types('channel')
            .map((known) => `${known}_configs`)
            .join(', '),
        };
      }),
  );
}

function isForeign({ imported, type }: ChannelConfig, registry: PluginRegistry): boolean {
  return imported === true && registry.find('channel', type) === undefined;
}

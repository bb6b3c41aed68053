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
  const templates = await loadMessageTemplates(config);
  const parsed = await Promise.all(
    config.receivers.map(({ channels }) => Promise.all(channels.map((channel) => bindChannel(channel, host)))),
  );
  const fault: Parsed<Channel> = { ok: false, problems: templates.problems };
  whole([...parsed.flat(), ...(templates.problems.length > 0 ? [fault] : [])]);
  return config.receivers.map(({ name }, i) => ({
    name,
    channels: whole(parsed[i] ?? []).map((channel) => withTemplate(channel, templates)),
  }));
}

/** One that no plugin serves takes nothing, and says so. */
function bindChannel(channel: ChannelConfig, host: Parameters<typeof createChannel>[1]): Promise<Parsed<Channel>> {
  return isForeign(channel, host.registry)
    ? Promise.resolve({ ok: true, value: undeliverableChannel(channel) })
    : createChannel(channel, host);
}

type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

function whole<T>(parsed: readonly Parsed<T>[]): readonly T[] {
  const problems = parsed.flatMap((one) => (one.ok ? [] : one.problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return parsed.flatMap((one) => (one.ok ? [one.value] : []));
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

import { formatPath, type ChannelConfig, type CheckConfig, type Locate } from '@tapewatch/config';
import type { Problem } from '@tapewatch/model';
import type { ChannelLimits, CheckResult, Notification, SendResult } from '@tapewatch/plugin-sdk';
import type { PluginRegistry } from './plugin-registry.js';
import { parseConfig, type Parsed } from './schema.js';
import type { Instance, PluginCall, Supervisor } from './supervisor.js';

/** A configured check, ready to run. */
export interface CheckInstance {
  readonly name: string;
  readonly plugin: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  run(): Promise<PluginCall<CheckResult>>;
}

/** A configured channel, ready to send. */
export interface ChannelInstance {
  readonly name: string;
  readonly plugin: string;
  readonly sendResolved: boolean;
  readonly limits: ChannelLimits;
  readonly escape?: (text: string) => string;
  send(notification: Notification): Promise<SendResult>;
}

const sendDeadlineMs = 10_000;
const statuses = ['healthy', 'degraded', 'unhealthy', 'unknown'];

/** Binds check plugins to the checks of the config. */
export async function createCheck(
  config: CheckConfig,
  path: readonly (string | number)[],
  host: { readonly registry: PluginRegistry; readonly supervisor: Supervisor; readonly locate: Locate },
): Promise<Parsed<CheckInstance>> {
  const provided = host.registry.find('check', config.type);
  if (provided === undefined)
    return { ok: false, problems: [unknownType('check', config.type, [...path, 'type'], host)] };
  const parsed = await parseConfig(provided.definition.config, config.config, {
    path: [...path, 'config'],
    locate: host.locate,
  });
  if (!parsed.ok) return parsed;
  const instance: Instance = { plugin: provided.plugin.name, kind: 'check', type: config.type, name: config.name };
  host.supervisor.announce(instance);
  return {
    ok: true,
    value: {
      name: config.name,
      plugin: provided.plugin.name,
      intervalMs: config.intervalMs,
      timeoutMs: config.timeoutMs,
      run: () =>
        host.supervisor.call(instance, config.timeoutMs, async (context) =>
          checked(await provided.definition.run(context, parsed.value)),
        ),
    },
  };
}

/** Binds channel plugins to the receivers of the config. */
export async function createChannel(
  config: ChannelConfig,
  host: { readonly registry: PluginRegistry; readonly supervisor: Supervisor; readonly locate: Locate },
): Promise<Parsed<ChannelInstance>> {
  const provided = host.registry.find('channel', config.type);
  if (provided === undefined) return { ok: false, problems: [unknownType('channel', config.type, config.path, host)] };
  const parsed = await parseConfig(provided.definition.config, config.config, {
    path: config.path,
    locate: host.locate,
  });
  if (!parsed.ok) return parsed;
  const instance: Instance = { plugin: provided.plugin.name, kind: 'channel', type: config.type, name: config.name };
  host.supervisor.announce(instance);
  const escape = provided.definition.escape?.(parsed.value);
  return {
    ok: true,
    value: {
      name: config.name,
      plugin: provided.plugin.name,
      ...(escape === undefined ? {} : { escape }),
      sendResolved: config.sendResolved ?? provided.definition.sendResolved,
      limits: { ...provided.definition.limits, ...config.limits },
      async send(notification) {
        const deadlineMs = config.timeoutMs ?? provided.definition.timeoutMs ?? sendDeadlineMs;
        const call = await host.supervisor.call(instance, deadlineMs, async (context) =>
          settled(await provided.definition.send(context, parsed.value, notification)),
        );
        return call.ok ? call.value : { outcome: 'retry', reason: call.failure.message };
      },
    },
  };
}

/** A plugin in plain JavaScript may answer anything, also nothing. */
function settled(result: SendResult): SendResult {
  const { outcome, reason, afterMs } = (result ?? {}) as { outcome?: unknown; reason?: unknown; afterMs?: unknown };
  if (outcome === 'sent') return { outcome };
  if (outcome !== 'retry' && outcome !== 'rejected') {
    throw new Error('the channel answered with something else than sent(), retry() or rejected()');
  }
  const told = typeof reason === 'string' ? reason : 'no reason given';
  if (outcome === 'rejected') return { outcome, reason: told };
  return { outcome, reason: told, ...(Number.isFinite(afterMs) ? { afterMs: afterMs as number } : {}) };
}

/** A plugin in plain JavaScript may answer anything. */
function checked(result: CheckResult): CheckResult {
  if (typeof result === 'object' && result !== null && statuses.includes(result.status)) return result;
  throw new Error(`the check answered with something else than healthy, degraded, unhealthy or unknown`);
}

function unknownType(
  kind: 'check' | 'channel',
  type: string,
  path: readonly (string | number)[],
  host: { readonly registry: PluginRegistry; readonly locate: Locate },
): Problem {
  const what = kind === 'channel' ? `${type}_configs` : type;
  const { file, line, column } = host.locate(path);
  return {
    code: 'CONFIG_REFERENCE',
    message: `no plugin provides the ${kind} type ${type}`,
    path: formatPath(path),
    found: what,
    allowed: host.registry
      .types(kind)
      .map((known) => (kind === 'channel' ? `${known}_configs` : known))
      .join(', '),
    file,
    line,
    column,
  };
}

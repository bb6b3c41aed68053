import { dirname, resolve } from 'node:path';
import type { Problem } from '@tapewatch/model';
import { alertmanagerKey } from './alertmanager/import-alertmanager.js';
import type { ImportedAlertmanager } from './alertmanager/import-alertmanager.js';
import type { RawChannel, RawConfig } from './config-schema.js';
import { inhibitRuleOf, routeOf } from './routing.js';
import type { ListenAddress } from './scalars.js';
import type {
  ChannelConfig,
  HeartbeatConfig,
  Locate,
  MessageTemplateConfig,
  MetricsConfig,
  ReceiverConfig,
  RouteConfig,
  TapewatchConfig,
  TimeIntervalsConfig,
} from './tapewatch-config.js';

export interface Assembly {
  /** Absolute. */
  readonly file: string;
  readonly locate: Locate;
  /** The text it was read from, secrets taken out. */
  readonly shown: string;
  /** Files that were read, and folders that were searched. */
  readonly sources: readonly string[];
  /** The current folder. */
  readonly baseDir: string;
  /** Files that `rule_files` came to. */
  readonly ruleFiles: readonly string[];
  /** Files that `templates` came to. */
  readonly templateFiles: readonly string[];
  /** Of our own file. */
  readonly timeIntervals: readonly TimeIntervalsConfig[];
  readonly imported?: ImportedAlertmanager;
  readonly warnings: readonly Problem[];
  /** From the environment, which wins over the file. */
  readonly dataDir?: string;
  readonly listen?: ListenAddress;
}

const defaultReceiver: ReceiverConfig = {
  name: 'console',
  channels: [{ name: 'console', type: 'console', config: {}, path: ['receivers', 0, 'console_configs', 0] }],
};

/** Names and units as the program uses them, paths made absolute, and what is left of the defaults. */
export function assemble(raw: RawConfig, assembly: Assembly): TapewatchConfig {
  const folder = dirname(assembly.file);
  return {
    file: assembly.file,
    dataDir:
      assembly.dataDir ??
      (raw.data_dir === undefined ? resolve(assembly.baseDir, 'data') : resolve(folder, raw.data_dir)),
    server: {
      ...(assembly.listen ?? raw.server.listen),
      ...(raw.server.external_url === undefined ? {} : { externalUrl: raw.server.external_url }),
      ...(raw.server.tls === undefined
        ? {}
        : { tls: { cert: resolve(folder, raw.server.tls.cert), key: resolve(folder, raw.server.tls.key) } }),
      trustedProxies: raw.server.trusted_proxies,
      allowPlaintext: raw.server.allow_plaintext,
    },
    log: raw.log,
    reload: raw.reload,
    metrics: {
      retentionMs: raw.metrics.retention,
      memoryBytes: raw.metrics.memory,
      history: {
        enabled: raw.metrics.history.enabled,
        rawMs: raw.metrics.history.raw,
        rollupsMs: raw.metrics.history.rollups,
      },
      ...(raw.metrics.backend === undefined ? {} : { backend: backendOf(raw.metrics.backend) }),
      cardinalityLimit: raw.metrics.cardinality_limit,
      resource: raw.metrics.resource,
    },
    history: {
      alertsMs: raw.history.alerts,
      healthMs: raw.history.health,
      notificationsMs: raw.history.notifications,
      reportsMs: raw.history.reports,
    },
    host: raw.host,
    otlp: {
      promoteResourceAttributes: raw.otlp.promote_resource_attributes,
      destinations: raw.otlp.destinations.map(({ timeout, ...destination }) => ({
        ...destination,
        timeoutMs: timeout,
      })),
    },
    exchanges: raw.exchanges.map(exchangeOf),
    plugins: raw.plugins.map((path) => ({ path: resolve(folder, path) })),
    checks: raw.checks.map(checkOf),
    shippedRules: raw.shipped_rules,
    ruleFiles: assembly.ruleFiles,
    alerts: {
      resolveTimeoutMs: assembly.imported?.resolveTimeoutMs ?? raw.alerts.resolve_timeout,
      limits: raw.alerts.limits.map((limit) => ({
        name: limit.name,
        ...(limit.max_alerts === undefined ? {} : { maxAlerts: limit.max_alerts }),
        windowMs: limit.time_window,
        preventDuplicates: limit.prevent_duplicates,
      })),
    },
    ...routingOf(raw, assembly),
    templateFiles: assembly.templateFiles,
    ...(raw.heartbeat === undefined ? {} : { heartbeat: heartbeatOf(raw.heartbeat) }),
    reports: raw.reports,
    locate: assembly.locate,
    warnings: assembly.warnings,
    shown: assembly.shown,
    sources: assembly.sources,
  };
}

type Routing = Pick<TapewatchConfig, (keyof ImportedAlertmanager & keyof TapewatchConfig) | 'routingPath'>;

function routingOf(raw: RawConfig, { imported, timeIntervals }: Assembly): Routing {
  if (imported !== undefined) {
    const { templates: _files, resolveTimeoutMs: _ofAlerts, ...routing } = imported;
    return { ...routing, routingPath: [alertmanagerKey] };
  }
  const receivers = raw.receivers.length === 0 ? [defaultReceiver] : raw.receivers.map(receiverOf);
  return {
    route: rootRoute(raw.route, receivers),
    receivers,
    inhibitRules: raw.inhibit_rules.map((rule, i) => inhibitRuleOf(rule, ['inhibit_rules', i])),
    timeIntervals,
    routingPath: [],
  };
}

function backendOf(raw: NonNullable<RawConfig['metrics']['backend']>): NonNullable<MetricsConfig['backend']> {
  const { url, token, username, tenant, timeout } = raw;
  const basic = (user: string, password: string): string =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const authorization =
    token === undefined ? undefined : username === undefined ? `Bearer ${token}` : basic(username, token);
  return {
    url,
    headers: {
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(tenant === undefined ? {} : { 'X-Scope-OrgID': tenant }),
    },
    timeoutMs: timeout,
  };
}

function heartbeatOf({ interval, timeout, ...rest }: NonNullable<RawConfig['heartbeat']>): HeartbeatConfig {
  return { ...rest, intervalMs: interval, timeoutMs: timeout };
}

function exchangeOf(raw: RawConfig['exchanges'][number]): TapewatchConfig['exchanges'][number] {
  return {
    id: raw.id ?? raw.venue,
    venue: raw.venue,
    symbols: [...new Set(raw.symbols)],
    staleAfterMs: raw.stale_after,
    feedTimeoutMs: raw.feed_timeout,
    pollIntervalMs: raw.poll_interval,
    requestTimeoutMs: raw.request_timeout,
    ...(raw.rest_url === undefined ? {} : { restUrl: raw.rest_url }),
    ...(raw.ws_url === undefined ? {} : { wsUrl: raw.ws_url }),
  };
}

function checkOf(raw: RawConfig['checks'][number]): TapewatchConfig['checks'][number] {
  return { name: raw.name, type: raw.type, intervalMs: raw.interval, timeoutMs: raw.timeout, config: raw.config ?? {} };
}

function rootRoute(raw: RawConfig['route'], receivers: readonly ReceiverConfig[]): RouteConfig {
  const first = receivers[0] ?? defaultReceiver;
  const written: Partial<RouteConfig> = raw === undefined ? { receiver: first.name } : routeOf(raw);
  return {
    matchers: [],
    continue: false,
    groupBy: ['alertname'],
    groupWaitMs: 0,
    // No group_interval: one that is written has Alertmanager's ticks, one that is not is ours.
    repeatIntervalMs: 4 * 3_600_000,
    routes: [],
    ...written,
  };
}

function receiverOf(raw: RawConfig['receivers'][number], index: number): ReceiverConfig {
  const types = new Set(raw.channels.map((channel) => channel.key)).size;
  return { name: raw.name, channels: raw.channels.map((channel) => channelOf(raw.name, index, types > 1, channel)) };
}

function channelOf(receiver: string, index: number, withType: boolean, channel: RawChannel): ChannelConfig {
  const type = channel.key.replace(/_configs$/, '');
  const base = withType ? `${receiver}/${type}` : receiver;
  return {
    name: channel.position === 0 ? base : `${base}-${channel.position + 1}`,
    type,
    ...commonOf(channel.common),
    config: channel.config,
    path: ['receivers', index, channel.key, channel.position],
  };
}

function commonOf({
  concurrency,
  rate_limit: rate,
  send_resolved: sendResolved,
  timeout: timeoutMs,
  template,
}: RawChannel['common']): Pick<ChannelConfig, 'sendResolved' | 'timeoutMs' | 'limits' | 'template'> {
  const limits = { ...(concurrency === undefined ? {} : { concurrency }), ...(rate === undefined ? {} : { rate }) };
  return {
    ...(sendResolved === undefined ? {} : { sendResolved }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(template === undefined ? {} : { template: templateOf(template) }),
  };
}

function templateOf({ title, text }: NonNullable<RawChannel['common']['template']>): MessageTemplateConfig {
  return { ...(title === undefined ? {} : { title }), ...(text === undefined ? {} : { text }) };
}

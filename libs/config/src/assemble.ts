import { dirname, resolve } from 'node:path';
import type { RawChannel, RawConfig, RawRoute } from './config-schema.js';
import type { ListenAddress } from './scalars.js';
import type {
  ChannelConfig,
  Locate,
  MetricsConfig,
  ReceiverConfig,
  RouteConfig,
  TapewatchConfig,
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
  const receivers = raw.receivers.length === 0 ? [defaultReceiver] : raw.receivers.map(receiverOf);
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
    route: rootRoute(raw.route, receivers),
    receivers,
    reports: raw.reports,
    locate: assembly.locate,
    shown: assembly.shown,
    sources: assembly.sources,
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

function rootRoute(raw: RawRoute | undefined, receivers: readonly ReceiverConfig[]): RouteConfig {
  const first = receivers[0] ?? defaultReceiver;
  const written: Partial<RouteConfig> = raw === undefined ? { receiver: first.name } : routeOf(raw);
  return {
    matchers: [],
    continue: false,
    groupBy: ['alertname'],
    groupWaitMs: 0,
    groupIntervalMs: 1_000,
    repeatIntervalMs: 4 * 3_600_000,
    routes: [],
    ...written,
  };
}

function routeOf(raw: RawRoute): RouteConfig {
  return {
    ...(raw.receiver === undefined ? {} : { receiver: raw.receiver }),
    matchers: raw.matchers,
    continue: raw.continue,
    ...(raw.group_by === undefined ? {} : { groupBy: raw.group_by }),
    ...(raw.group_wait === undefined ? {} : { groupWaitMs: raw.group_wait }),
    ...(raw.group_interval === undefined ? {} : { groupIntervalMs: raw.group_interval }),
    ...(raw.repeat_interval === undefined ? {} : { repeatIntervalMs: raw.repeat_interval }),
    routes: raw.routes.map(routeOf),
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
    ...(channel.sendResolved === undefined ? {} : { sendResolved: channel.sendResolved }),
    config: channel.config,
    path: ['receivers', index, channel.key, channel.position],
  };
}

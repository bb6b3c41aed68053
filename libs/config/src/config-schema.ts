import { languages } from '@tapewatch/model';
import { z } from 'zod';
import { inhibitRule, route, timeIntervals } from './routing-schema.js';
import { duration, flag, listen, name, network, rate, size, text, url, wholeNumber } from './scalars.js';

/** The names under which a receiver's channels stand. */
const channelsKey = /^[a-z][a-z0-9_-]*_configs$/;

const server = z.strictObject({
  listen: listen().default({ host: '127.0.0.1', port: 8080 }),
  external_url: url('http', 'https').optional(),
  tls: z.strictObject({ cert: text(), key: text() }).optional(),
  trusted_proxies: z.array(network()).default([]),
  allow_plaintext: flag().default(false),
});

const log = z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') });

const dayMs = 86_400_000;

const metricHistory = z.strictObject({
  enabled: flag().default(true),
  raw: duration(dayMs).default(7 * dayMs),
  rollups: duration(dayMs).default(90 * dayMs),
});

const backend = z
  .strictObject({
    url: url('http', 'https'),
    token: text().optional(),
    username: text().optional(),
    tenant: text().optional(),
    timeout: duration(100).default(10_000),
  })
  .refine((given) => given.username === undefined || given.token !== undefined, {
    error: 'A user name needs a token, which is sent as its password.',
    params: { allowed: 'token, or username and token' },
  });

const metrics = z.strictObject({
  retention: duration(60_000).default(3_600_000),
  memory: size(1024 ** 2).default(128 * 1024 ** 2),
  history: metricHistory.prefault({}),
  backend: backend.optional(),
  cardinality_limit: wholeNumber(10, 1_000_000).default(20_000),
  resource: z.record(text(), z.string()).default({}),
});

const host = z.strictObject({ enabled: flag().default(true) });

const destination = z.strictObject({
  name: name(),
  endpoint: url('http', 'https'),
  protocol: z.enum(['http/json', 'http/protobuf']).default('http/json'),
  headers: z.record(text(), z.string()).default({}),
  compression: z.enum(['gzip', 'none']).default('gzip'),
  timeout: duration(100).default(10_000),
});

const exchange = z.strictObject({
  id: name().optional(),
  venue: text(),
  symbols: z.array(text()).min(1).max(5_000),
  stale_after: duration(1_000).default(10_000),
  feed_timeout: duration(1_000).default(30_000),
  poll_interval: duration(1_000).default(10_000),
  request_timeout: duration(100).default(10_000),
  rest_url: url('http', 'https').optional(),
  ws_url: url('ws', 'wss').optional(),
});

const history = z.strictObject({
  alerts: duration(3_600_000).default(90 * 86_400_000),
  health: duration(3_600_000).default(90 * 86_400_000),
  notifications: duration(3_600_000).default(30 * 86_400_000),
  reports: duration(3_600_000).default(365 * 86_400_000),
});

const check = z.strictObject({
  name: name(),
  type: text(),
  interval: duration(1_000).default(15_000),
  timeout: duration(1).default(5_000),
  config: z.unknown().optional(),
});

const messageTemplate = z.strictObject({ title: text().optional(), text: text().optional() });

const channel = z.looseObject({
  send_resolved: flag().optional(),
  timeout: duration(1).optional(),
  concurrency: wholeNumber(1, 64).optional(),
  rate_limit: rate().optional(),
  template: messageTemplate.optional(),
});

/** One entry under `<type>_configs`: what belongs to the plugin, and what belongs to any channel. */
export interface RawChannel {
  readonly key: string;
  readonly position: number;
  readonly common: Pick<
    z.output<typeof channel>,
    'send_resolved' | 'timeout' | 'concurrency' | 'rate_limit' | 'template'
  >;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface RawReceiver {
  readonly name: string;
  readonly channels: readonly RawChannel[];
}

/** Alertmanager's receiver: a name, and `<type>_configs` for every type that a channel plugin provides. */
const receiver = z.looseObject({ name: z.unknown() }).transform((entry, context): RawReceiver => {
  const channels: RawChannel[] = [];
  for (const [key, value] of Object.entries(entry)) {
    if (channelsKey.test(key)) channels.push(...channelsOf(key, checked(z.array(channel), value, key, context)));
    else if (key !== 'name') context.issues.push({ code: 'unrecognized_keys', keys: [key], input: entry });
  }
  return { name: checked(name(), entry.name, 'name', context) ?? '', channels };
});

/** Checks one part by hand, because a key that is wrong must not hide what is wrong in the others. */
function checked<S extends z.ZodType>(
  schema: S,
  value: unknown,
  key: string,
  context: z.RefinementCtx,
): z.output<S> | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    context.issues.push({ ...issue, path: [key, ...issue.path], input: value } as z.core.$ZodRawIssue);
  }
  return undefined;
}

function channelsOf(key: string, entries: readonly z.output<typeof channel>[] | undefined): readonly RawChannel[] {
  return (entries ?? []).map(({ send_resolved, timeout, concurrency, rate_limit, template, ...config }, position) => ({
    key,
    position,
    common: { send_resolved, timeout, concurrency, rate_limit, template },
    config,
  }));
}

const heartbeat = z.strictObject({
  url: url('http', 'https'),
  method: z.enum(['GET', 'POST']).default('POST'),
  headers: z.record(text(), z.string()).default({}),
  interval: duration(10_000).default(60_000),
  timeout: duration(100).default(10_000),
});

const report = z.strictObject({
  kind: z.enum(['daily']).default('daily'),
  schedule: text().default('5 0 * * *'),
  zone: text().default('UTC'),
  receivers: z.array(text()).default([]),
  language: z.enum(languages).default('en'),
});

const alertLimit = z.strictObject({
  name: text(),
  max_alerts: wholeNumber(1, 100_000).optional(),
  time_window: duration(1_000).default(3_600_000),
  prevent_duplicates: flag().default(false),
});

const alerts = z.strictObject({
  resolve_timeout: duration(1_000).default(5 * 60_000),
  limits: z
    .array(alertLimit)
    .refine((limits) => new Set(limits.map(({ name }) => name)).size === limits.length, {
      error: 'A name has two limits.',
      params: { allowed: 'names of alerts, each once; * for all others' },
    })
    .default([]),
});

/** The whole file. What belongs to a plugin (`config` of a check, entries of `_configs`) is not looked into. */
export const configSchema = z.strictObject({
  data_dir: text().optional(),
  server: server.prefault({}),
  log: log.prefault({}),
  reload: z.strictObject({ watch: flag().default(true) }).prefault({}),
  metrics: metrics.prefault({}),
  history: history.prefault({}),
  host: host.prefault({}),
  otlp: z
    .strictObject({
      destinations: z.array(destination).default([]),
      promote_resource_attributes: z.array(text()).default([]),
    })
    .prefault({}),
  exchanges: z.array(exchange).default([]),
  plugins: z.array(text()).default([]),
  checks: z.array(check).default([]),
  shipped_rules: flag().default(true),
  rule_files: z.array(text()).default([]),
  alerts: alerts.prefault({}),
  alertmanager_config: text().optional(),
  route: route.optional(),
  receivers: z.array(receiver).default([]),
  inhibit_rules: z.array(inhibitRule).default([]),
  time_intervals: z.array(timeIntervals).default([]),
  templates: z.array(text()).default([]),
  heartbeat: heartbeat.optional(),
  // Without the key there is one, of every day, that is kept and sent to nobody.
  reports: z.array(report).prefault([{}]),
});

export type RawConfig = z.output<typeof configSchema>;

export { alertmanagerText } from './alertmanager/alertmanager-text.js';
export { ConfigFileError } from './config-file-error.js';
export { findDataDir } from './find-data-dir.js';
export { fromMatch, fromMatchRe } from './legacy-matchers.js';
export { isLoopback } from './listen-check.js';
export { loadConfig } from './load-config.js';
export type { ConfigSource, LoadConfigOptions } from './load-config-options.js';
export { formatPath } from './path.js';
export type { TreePath } from './path.js';
export { problemsFromSchema } from './problems-from-schema.js';
export type { SchemaIssue, SchemaProblemContext } from './problems-from-schema.js';
export type {
  ChannelConfig,
  CheckConfig,
  EscalationConfig,
  ExchangeConfig,
  HeartbeatConfig,
  InhibitRuleConfig,
  Locate,
  MessageTemplateConfig,
  MetricsConfig,
  OtlpDestinationConfig,
  Place,
  PluginConfig,
  ReceiverConfig,
  ReportConfig,
  RouteConfig,
  ServerConfig,
  TapewatchConfig,
  TimeIntervalsConfig,
} from './tapewatch-config.js';

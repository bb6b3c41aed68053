export {
  defineChannel,
  headerValue,
  reasonOfFailure,
  rejected,
  resultOfStatus,
  retry,
  retryAfterMs,
  sent,
} from './channel.js';
export type {
  ChannelDefinition,
  ChannelLimits,
  Notification,
  NotificationAlert,
  NotificationReport,
  SendResult,
} from './channel.js';
export { defineCheck, degraded, healthy, unhealthy, unknown } from './check.js';
export type { CheckDefinition, CheckResult } from './check.js';
export type { PluginContext, QuerySample } from './context.js';
export { checkLevels, compileLevels, limitOf, limits } from './levels.js';
export type { Bounds, LevelChecks, LevelledSpec, Limit, SpecIssue } from './levels.js';
export { cleanLine, cleanText, cutText } from './message/clean-text.js';
export { formatValue } from './message/format-value.js';
export { joinWithin } from './message/join-within.js';
export { summarize } from './message/summarize.js';
export type { AlertSummary, Fact, MessageSummary } from './message/summarize.js';
export { messageWords } from './message/words.js';
export type { MessageWords } from './message/words.js';
export { definePlugin, sdkProtocol } from './plugin.js';
export type { Plugin, Provision } from './plugin.js';
export { promqlRange, promqlSelector } from './promql-text.js';
export { defineRule } from './rule.js';
export type { CompiledLevel, CompiledLevels, CompiledRule, CompileEnv, RuleDefinition } from './rule.js';
export type { ConfigSchema } from './schema.js';
export { Secret } from './secret.js';
export type { HealthStatus, Language, Logger, Severity } from '@tapewatch/model';

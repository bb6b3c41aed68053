export { severityOf } from './alert.js';
export type {
  Acknowledgement,
  Alert,
  AlertEvent,
  AlertEventKind,
  AlertInstance,
  AlertState,
  Evaluation,
  NotificationOutcome,
  RuleRef,
  RuleTransition,
  Severity,
} from './alert.js';
export { backoffMs } from './backoff.js';
export type { BackoffRange } from './backoff.js';
export { delay, systemClock } from './clock.js';
export type { Clock, Timer } from './clock.js';
export { accepted, refused } from './command.js';
export type { CommandResult, Refusal } from './command.js';
export { formatDuration, parseDuration } from './duration.js';
export { ConfigError, errorCodes, formatProblem, messageOf, StartError } from './errors.js';
export type { ErrorCode, Problem } from './errors.js';
export type { EventLog } from './event.js';
export { healthStatuses } from './health.js';
export type { ComponentHealth, HealthEvent, HealthStatus } from './health.js';
export { Labels } from './labels.js';
export { languageOf, languages } from './language.js';
export type { Language } from './language.js';
export type { LogFields, Logger } from './logger.js';
export { Markup, markup } from './markup.js';
export type { MarkupPart } from './markup.js';
export type { Matcher, MatchOperator } from './matcher.js';
export { didYouMean, nearest } from './nearest.js';
export { beforeNumber, numberedPage } from './page.js';
export type { Page, PageRequest } from './page.js';
export { isStale, writeStale } from './stale.js';
export { longSkipMs, steadyTimeline } from './tick.js';
export type { MetricDescription, MetricType, Series, Tick, TickStage, Timeline } from './tick.js';
export { TimeInterval } from './time-interval.js';
export type { ParsedTimeInterval, TimeIntervalFault, TimeIntervalFields } from './time-interval.js';
export { wallTimeIn } from './wall-time.js';
export type { WallTime } from './wall-time.js';

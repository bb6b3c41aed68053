export { checkPipelineConfig, createPipeline } from './create-pipeline.js';
export { metricsFolder } from './open-metrics.js';
export type { PipelineDependencies } from './create-pipeline.js';
export type { Reload } from './reload/reloader.js';
export { stateMigrations, statePath } from './kept-state.js';
export { isExchangeRejection } from '@tapewatch/exchanges';
export type {
  DestinationView,
  EventStream,
  Eventually,
  MetricResult,
  MetricSeries,
  Pipeline,
  PipelineCommands,
  PipelineEvents,
  PipelineReader,
  PipelineStatus,
  QueryOptions,
  Readiness,
} from './pipeline.js';
export type {
  Access,
  AccessToken,
  Actor,
  AuditEntry,
  AuditRecord,
  AuditVerification,
  CreatedToken,
  NewToken,
  Role,
  Session,
} from '@tapewatch/access';
export type { Archive as StateArchive } from '@tapewatch/database';
export type { AlertFilter, AlertSummary } from '@tapewatch/alerts';
export type { ExchangeView, TickerView } from '@tapewatch/exchanges';
export type { HealthSummary } from '@tapewatch/health';
export { inspectHistory } from '@tapewatch/metric-store';
export type { HistoryFileReport, MetricsSummary, MetricSummary } from '@tapewatch/metric-store';
export type { ChannelTest, ChannelView } from '@tapewatch/notify';
export type { PluginView } from '@tapewatch/plugin-host';
export { testRuleFiles } from './rule-tests.js';
export type { RuleTestOptions } from './rule-tests.js';
export type {
  ExpectedAlert,
  ExpectedSample,
  RuleGroupView,
  RuleTestFailure,
  RuleTestFileResult,
  RuleTestResult,
  RuleView,
} from '@tapewatch/rules';
export { reportKinds, reportStyleHash } from '@tapewatch/reporting';
export type {
  DailyReport,
  ReportEvent,
  ReportFormat,
  ReportHead,
  ReportKind,
  ReportRequest,
} from '@tapewatch/reporting';

export { checkPipelineConfig } from './check-pipeline-config.js';
export { createPipeline } from './create-pipeline.js';
export { metricsFolder } from './open-metrics.js';
export type { PipelineDependencies } from './dependencies.js';
export type { Reload } from './reload/reloader.js';
export { stateMigrations, statePath } from './kept-state.js';
export { formatMatcher } from '@tapewatch/promql';
export { isExchangeRejection } from '@tapewatch/exchanges';
export type {
  DestinationView,
  Pipeline,
  PipelineCommands,
  PipelineEvents,
  PipelineReader,
  PipelineStatus,
  Readiness,
} from './pipeline.js';
export type { EventStream } from './event-topic.js';
export type { Eventually, MetricResult, MetricSeries, QueryOptions } from './metric-result.js';
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
export type { AlertGroupView, RoutedAlert } from './routed-alerts.js';
export type {
  AlertFilter,
  AlertSummary,
  PostedAlert,
  RaisedAlert,
  Silence,
  SilencePreview,
  SilenceState,
  SilenceView,
  WantedSilence,
} from '@tapewatch/alerts';
export type { ExchangeView, TickerView } from '@tapewatch/exchanges';
export type { HealthSummary } from '@tapewatch/health';
export { inspectHistory } from '@tapewatch/metric-store';
export type { HistoryFileReport, MetricsSummary, MetricSummary } from '@tapewatch/metric-store';
export type { ChannelTest, ChannelView, MessagePreview, NotificationView } from '@tapewatch/notify';
export type { PluginView } from '@tapewatch/plugin-host';
export { showRoutes, testRoutes } from './route-test.js';
export type { RouteTest } from './route-test.js';
export type { RuleWay } from './rule-ways.js';
export type {
  BacktestComparison,
  BacktestData,
  BacktestFault,
  BacktestNotification,
  BacktestOutcome,
  BacktestRequest,
  BacktestResult,
  BacktestRule,
  BacktestSelector,
  BacktestTotals,
  Firing,
  TimeRange,
  UnsentReason,
} from './backtest/backtest-result.js';
export type { BacktestProgress } from './backtest/backtests.js';
export { openBacktest } from './backtest/open-backtest.js';
export type { OpenBacktest } from './backtest/open-backtest.js';
export { runBacktest } from './backtest/run-backtest.js';
export type { BacktestSurroundings } from './backtest/backtest-surroundings.js';
export type { BacktestWatch } from './backtest/run-backtest.js';
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

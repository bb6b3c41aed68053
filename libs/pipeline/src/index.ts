export { checkPipelineConfig, createPipeline, metricsFolder } from './create-pipeline.js';
export type { PipelineDependencies } from './create-pipeline.js';
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
export type { AlertFilter, AlertSummary } from '@tapewatch/alerts';
export type { ExchangeView, TickerView } from '@tapewatch/exchanges';
export type { HealthSummary } from '@tapewatch/health';
export { inspectHistory } from '@tapewatch/metric-store';
export type { HistoryFileReport, MetricsSummary, MetricSummary } from '@tapewatch/metric-store';
export type { ChannelTest, ChannelView } from '@tapewatch/notify';
export type { PluginView } from '@tapewatch/plugin-host';
export type { RuleGroupView, RuleView } from '@tapewatch/rules';

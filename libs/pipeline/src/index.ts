export { checkPipelineConfig, createPipeline } from './create-pipeline.js';
export type { PipelineDependencies } from './create-pipeline.js';
export { isExchangeRejection } from '@tapewatch/exchanges';
export type {
  AlertFilter,
  AlertSummary,
  ChannelTest,
  ChannelView,
  DestinationView,
  EventStream,
  ExchangeView,
  HealthSummary,
  MetricResult,
  MetricSeries,
  MetricsSummary,
  MetricSummary,
  Pipeline,
  PipelineCommands,
  PipelineEvents,
  PipelineReader,
  PipelineStatus,
  PluginView,
  Readiness,
  RuleGroupView,
  RuleView,
  TickerView,
} from './pipeline.js';

export { MemoryStore } from './memory-store.js';
export type { MemoryStoreOptions } from './memory-store.js';
export { openMetricStore } from './open-metric-store.js';
export type { MetricStore, MetricStoreOptions } from './open-metric-store.js';
export { inspectHistory } from './inspect-history.js';
export type { HistoryFileReport } from './inspect-history.js';
export { MemoryHistory } from './history/memory-history.js';
export { rawMarginMs } from './disk/layout.js';
export type { Grid } from './disk/grid.js';
export { LoadedSeries } from './history/loaded-source.js';
export type {
  HistoryLimits,
  HistoryReader,
  HistoryResolution,
  MinuteSeries,
  SeriesTotals,
  TotalsReader,
} from './history/history-reader.js';
export { summarizeMetrics } from './metrics-summary.js';
export type { MetricsSummary, MetricSummary } from './metrics-summary.js';

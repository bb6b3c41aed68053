export { MemoryStore } from './memory-store.js';
export type { MemoryStoreOptions } from './memory-store.js';
export { summarizeMetrics } from './metrics-summary.js';
export type { MetricsSummary, MetricSummary } from './metrics-summary.js';

import { join } from 'node:path';
import type { TapewatchConfig } from '@tapewatch/config';
import { openMetricStore, type MetricStore } from '@tapewatch/metric-store';
import type { Clock, Logger } from '@tapewatch/model';

/** In the data folder: the metric history. */
export const metricsFolder = 'metrics';

/** Memory and history as the configuration has them; a backend stands in for the disk. Throws StartError. */
export function openMetrics(
  { dataDir, metrics }: TapewatchConfig,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<MetricStore> {
  const { enabled, rawMs, rollupsMs } = metrics.history;
  return openMetricStore({
    retentionMs: metrics.retentionMs,
    budgetBytes: metrics.memoryBytes,
    ...(metrics.backend === undefined ? {} : { backend: metrics.backend }),
    ...(enabled ? { history: { folder: join(dataDir, metricsFolder), rawMs, rollupMs: rollupsMs } } : {}),
    clock,
    logger,
  });
}

import { HostMetrics } from '@opentelemetry/host-metrics';
import { AggregationTemporality, AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { DataPoint, MetricData } from '@opentelemetry/sdk-metrics';

/** Cumulative seconds by CPU mode, over all processors. */
export type CpuSeconds = Readonly<Record<string, number>>;

export interface HostFigures {
  readonly logicalCpus: number;
  readonly cpuSeconds: CpuSeconds;
  readonly memoryUsedBytes: number;
  readonly memoryFreeBytes: number;
  readonly processCpuSeconds: CpuSeconds;
  readonly processMemoryBytes: number;
}

/** Cumulative, since the interface came up. */
export interface NetworkFigure {
  readonly metric: 'system.network.io' | 'system.network.errors' | 'system.network.packet.dropped';
  readonly interfaceName: string;
  readonly direction: string;
  readonly value: number;
}

/**
 * `@opentelemetry/host-metrics` behind a private meter provider, read for its figures alone: its names and attributes are
 * those of older semantic conventions, and its `*.utilization` are differences against one sample that all readers of the
 * process share. Nothing of it but this file knows the package.
 */
export class HostMetricsSource {
  readonly #reader = new PrivateReader();

  constructor(
    groups: readonly ('system.cpu' | 'system.memory' | 'process.cpu' | 'process.memory' | 'system.network')[],
  ) {
    const meterProvider = new MeterProvider({ readers: [this.#reader] });
    new HostMetrics({ meterProvider, metricGroups: [...groups] }).start();
  }

  /** Undefined when a figure is missing. */
  async read(): Promise<HostFigures | undefined> {
    const metrics = await this.#collect();
    const cpuPoints = pointsOf(metrics, 'system.cpu.time');
    const memory = sumBy(pointsOf(metrics, 'system.memory.usage'), 'system.memory.state');
    const [memoryUsedBytes, memoryFreeBytes] = [memory['used'], memory['free']];
    const processMemoryBytes = pointsOf(metrics, 'process.memory.usage')[0]?.value;
    if (memoryUsedBytes === undefined || memoryFreeBytes === undefined || processMemoryBytes === undefined)
      return undefined;
    return {
      logicalCpus: new Set(cpuPoints.map(({ attributes }) => attributes['system.cpu.logical_number'])).size,
      cpuSeconds: sumBy(cpuPoints, 'system.cpu.state'),
      memoryUsedBytes,
      memoryFreeBytes,
      processCpuSeconds: sumBy(pointsOf(metrics, 'process.cpu.time'), 'process.cpu.state'),
      processMemoryBytes,
    };
  }

  /** Of the default interface only, and at the price of a child process on some platforms. */
  async readNetwork(): Promise<NetworkFigure[]> {
    const metrics = await this.#collect();
    return [
      ...networkFigures(metrics, 'system.network.io', 'system.network.io'),
      ...networkFigures(metrics, 'system.network.errors', 'system.network.errors'),
      ...networkFigures(metrics, 'system.network.dropped', 'system.network.packet.dropped'),
    ];
  }

  async #collect(): Promise<ReadonlyMap<string, MetricData>> {
    const { resourceMetrics } = await this.#reader.collect();
    const metrics = new Map<string, MetricData>();
    for (const scope of resourceMetrics.scopeMetrics) {
      for (const metric of scope.metrics) metrics.set(metric.descriptor.name, metric);
    }
    return metrics;
  }
}

/** Takes each figure as it is observed, instead of as a sum of differences. */
class PrivateReader extends MetricReader {
  constructor() {
    super({
      aggregationSelector: () => ({ type: AggregationType.LAST_VALUE }),
      aggregationTemporalitySelector: () => AggregationTemporality.DELTA,
    });
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

function pointsOf(metrics: ReadonlyMap<string, MetricData>, name: string): DataPoint<number>[] {
  const points: DataPoint<number>[] = [];
  for (const point of metrics.get(name)?.dataPoints ?? []) {
    if (typeof point.value === 'number') points.push({ ...point, value: point.value });
  }
  return points;
}

function sumBy(points: readonly DataPoint<number>[], attribute: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { attributes, value } of points) {
    const key = String(attributes[attribute]);
    sums[key] = (sums[key] ?? 0) + value;
  }
  return sums;
}

function networkFigures(
  metrics: ReadonlyMap<string, MetricData>,
  oldName: string,
  metric: NetworkFigure['metric'],
): NetworkFigure[] {
  return pointsOf(metrics, oldName).map(({ attributes, value }) => ({
    metric,
    interfaceName: String(attributes['system.device']),
    direction: String(attributes['network.io.direction']),
    value,
  }));
}

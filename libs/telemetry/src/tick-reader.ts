import type { HrTime } from '@opentelemetry/api';
import { AggregationTemporality, AggregationType, DataPointType, MetricReader } from '@opentelemetry/sdk-metrics';
import type { DataPoint, MetricData, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import type { Collection } from './collection.js';
import { scopeKey } from './limited-meter-provider.js';
import type { Observables } from './observables/observables.js';

export interface TickReaderOptions {
  /** Attribute sets per instrument; what comes above goes to one overflow set. */
  readonly cardinalityLimit: number;
  /** When the sums began, milliseconds since the epoch. */
  readonly startedAt: number;
  /** Read with the SDK's instruments, before them. */
  readonly observables: Observables;
  /** Told of each instrument, once, whose value was not a finite number; such points are left out. */
  readonly onNotFinite: (metric: string) => void;
}

export interface TickReading {
  readonly collection: Collection;
  /** What observable callbacks threw; their instruments are missing from the collection. */
  readonly errors: readonly unknown[];
}

/** Reads all meters when asked, cumulative, with every point at the tick's time. */
export class TickReader extends MetricReader {
  readonly #options: TickReaderOptions;
  readonly #notFinite = new Set<string>();

  constructor(options: TickReaderOptions) {
    super({
      aggregationSelector: () => ({ type: AggregationType.DEFAULT }),
      aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
      cardinalitySelector: () => options.cardinalityLimit,
    });
    this.#options = options;
  }

  async read(at: number): Promise<TickReading> {
    const observeErrors = await this.#options.observables.observe();
    const { resourceMetrics, errors } = await this.collect();
    return {
      collection: { at, resourceMetrics: this.#finish(resourceMetrics, at) },
      errors: [...observeErrors, ...errors],
    };
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  #finish({ resource, scopeMetrics }: ResourceMetrics, at: number): ResourceMetrics {
    const endTime = hrTimeOf(at);
    const startTime = hrTimeOf(Math.min(this.#options.startedAt, at));
    const scopes = new Map<string, ScopeMetrics>();
    for (const { scope, metrics } of scopeMetrics) {
      scopes.set(scopeKey(scope.name, scope.version, scope.schemaUrl), {
        scope,
        metrics: metrics.map((metric) => this.#finishMetric(metric, endTime)),
      });
    }
    for (const { scope, metrics } of this.#options.observables.finish(startTime, endTime)) {
      const key = scopeKey(scope.name, scope.version, scope.schemaUrl);
      const known = scopes.get(key);
      if (known !== undefined) known.metrics.push(...metrics);
      else if (metrics.length > 0) scopes.set(key, { scope, metrics });
    }
    return { resource, scopeMetrics: [...scopes.values()] };
  }

  #finishMetric(metric: MetricData, endTime: HrTime): MetricData {
    for (const point of metric.dataPoints) setTimes(point, earlier(point.startTime, endTime), endTime);
    if (metric.dataPointType !== DataPointType.GAUGE && metric.dataPointType !== DataPointType.SUM) return metric;
    const dataPoints = this.#finite(metric.descriptor.name, metric.dataPoints);
    return dataPoints === metric.dataPoints ? metric : { ...metric, dataPoints };
  }

  /** Not-a-number and infinities have no form in OTLP's JSON: one such point would spoil the whole request. */
  #finite(name: string, points: DataPoint<number>[]): DataPoint<number>[] {
    if (points.every((point) => Number.isFinite(point.value))) return points;
    if (!this.#notFinite.has(name)) {
      this.#notFinite.add(name);
      this.#options.onNotFinite(name);
    }
    return points.filter((point) => Number.isFinite(point.value));
  }
}

/** The SDK makes the points anew for each collection, so they may be changed before they are handed on. */
function setTimes(point: { startTime: HrTime; endTime: HrTime }, startTime: HrTime, endTime: HrTime): void {
  point.startTime = startTime;
  point.endTime = endTime;
}

function earlier(a: HrTime, b: HrTime): HrTime {
  return a[0] < b[0] || (a[0] === b[0] && a[1] <= b[1]) ? a : b;
}

function hrTimeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

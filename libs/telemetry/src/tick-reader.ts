import type { HrTime } from '@opentelemetry/api';
import {
  AggregationTemporality,
  AggregationType,
  DataPointType,
  InstrumentType,
  MetricReader,
} from '@opentelemetry/sdk-metrics';
import type { DataPoint, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Collection } from './collection.js';

export interface TickReaderOptions {
  /** Attribute sets per instrument; what comes above goes to one overflow set. */
  readonly cardinalityLimit: number;
  /** When the sums began, milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long one observable callback may take; the figures of a slower one are missing from the tick. */
  readonly callbackTimeoutMs: number;
  /** Told of each instrument, once, whose value was not a finite number; such points are left out. */
  readonly onNotFinite: (metric: string) => void;
}

export interface TickReading {
  readonly collection: Collection;
  /** What observable callbacks threw; their instruments are missing from the collection. */
  readonly errors: readonly unknown[];
}

const observableTypes: ReadonlySet<InstrumentType> = new Set([
  InstrumentType.OBSERVABLE_COUNTER,
  InstrumentType.OBSERVABLE_UP_DOWN_COUNTER,
  InstrumentType.OBSERVABLE_GAUGE,
]);

/**
 * Reads all meters when asked, cumulative, with every point at the tick's time.
 *
 * An attribute set that an observable callback stops reporting must leave the next collection (metrics API, "Asynchronous
 * instruments"), or a feed that was cut off would keep its last price for ever. The SDK's cumulative storage goes on with
 * the last value. So observables are read as plain last values, per collection, and become cumulative sums again here;
 * their values are cumulative as observed, and come through without the SDK's rounding of sums of differences.
 */
export class TickReader extends MetricReader {
  readonly #options: TickReaderOptions;
  readonly #notFinite = new Set<string>();

  constructor(options: TickReaderOptions) {
    super({
      aggregationSelector: (type) => ({
        type: observableTypes.has(type) ? AggregationType.LAST_VALUE : AggregationType.DEFAULT,
      }),
      aggregationTemporalitySelector: (type) =>
        observableTypes.has(type) ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
      cardinalitySelector: () => options.cardinalityLimit,
    });
    this.#options = options;
  }

  async read(at: number): Promise<TickReading> {
    const { resourceMetrics, errors } = await this.collect({ timeoutMillis: this.#options.callbackTimeoutMs });
    return { collection: { at, resourceMetrics: this.#finish(resourceMetrics, at) }, errors };
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  #finish(resourceMetrics: ResourceMetrics, at: number): ResourceMetrics {
    const endTime = hrTimeOf(at);
    const startTime = hrTimeOf(Math.min(this.#options.startedAt, at));
    return {
      resource: resourceMetrics.resource,
      scopeMetrics: resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
        scope,
        metrics: metrics.map((metric) => this.#finishMetric(metric, startTime, endTime)),
      })),
    };
  }

  #finishMetric(metric: MetricData, startTime: HrTime, endTime: HrTime): MetricData {
    const instrument = instrumentTypeOf(metric);
    const observed = observableTypes.has(instrument as InstrumentType);
    for (const point of metric.dataPoints)
      setTimes(point, observed ? startTime : earlier(point.startTime, endTime), endTime);
    if (metric.dataPointType !== DataPointType.GAUGE && metric.dataPointType !== DataPointType.SUM) return metric;
    const dataPoints = this.#finite(metric.descriptor.name, metric.dataPoints);
    if (instrument === InstrumentType.OBSERVABLE_COUNTER || instrument === InstrumentType.OBSERVABLE_UP_DOWN_COUNTER) {
      return {
        descriptor: metric.descriptor,
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPointType: DataPointType.SUM,
        isMonotonic: instrument === InstrumentType.OBSERVABLE_COUNTER,
        dataPoints,
      };
    }
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

/** The SDK's descriptors carry the instrument's type; only their published type leaves it out. */
function instrumentTypeOf(metric: MetricData): unknown {
  return 'type' in metric.descriptor ? metric.descriptor.type : undefined;
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

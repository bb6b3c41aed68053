import type { Attributes, Counter, Meter, Observable } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, InstrumentType } from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics';
import { messageOf } from '@tapewatch/model';
import type { Logger, MetricDescription, Series, Tick, TickStage } from '@tapewatch/model';
import type { Collection, CollectionStage } from '../collection.js';
import { ObservedInstrument } from '../observables/observed-instrument.js';
import { metricName } from './prometheus-name.js';
import { SeriesCache } from './series-cache.js';
import type { PointSeries } from './series-cache.js';
import { infoOf, targetOf } from './series-labels.js';
import { TickBuilder } from './tick-builder.js';

export interface SeriesTranslationOptions {
  readonly logger: Logger;
  /** Who takes each tick, in this order. */
  readonly next: readonly TickStage[];
}

/** Series that no tick had for this long are forgotten; when they come back, they come as new `Series` objects. */
const forgetAfterTicks = 600;
const sweepEveryTicks = 60;
const overflowAttribute = 'otel.metric.overflow';
const targetInfo: MetricDescription = {
  otelName: 'target.info',
  name: 'target_info',
  type: 'gauge',
  unit: '',
  description: 'Resource attributes that are in no other label.',
};

/**
 * From OpenTelemetry's collections to Prometheus' series. Within its life, a series has one `Series` object. Measures what
 * it hands on: `tapewatch.series`, `tapewatch.samples`, and `tapewatch.series.overflows`, which counts once a tick each
 * instrument that ran into its cardinality limit and so keeps rising while that lasts.
 */
export class SeriesTranslation implements CollectionStage {
  readonly #logger: Logger;
  readonly #next: readonly TickStage[];
  readonly #caches = new Map<string, SeriesCache>();
  readonly #taken = new Map<string, string>();
  readonly #told = new Set<string>();
  #target:
    | { readonly resource: Attributes; readonly labels: Record<string, string>; readonly info: PointSeries | undefined }
    | undefined;
  #latest: Tick | undefined;
  #tickNumber = 0;
  #samples: Counter | undefined;
  #overflows: Counter | undefined;

  constructor(options: SeriesTranslationOptions) {
    this.#logger = options.logger;
    this.#next = options.next;
  }

  /** The newest tick, for whoever shows it; undefined before the first. */
  get latest(): Tick | undefined {
    return this.#latest;
  }

  attach(meter: Meter): void {
    meter
      .createObservableGauge('tapewatch.series', { unit: '{series}', description: 'Series in the last tick.' })
      .addCallback((result) => {
        if (this.#latest !== undefined) result.observe(this.#latest.series.length);
      });
    this.#samples = meter.createCounter('tapewatch.samples', {
      unit: '{sample}',
      description: 'Samples over all ticks.',
    });
    this.#overflows = meter.createCounter('tapewatch.series.overflows', {
      unit: '{overflow}',
      description: 'Instruments that were over their cardinality limit, counted anew on every tick.',
    });
    this.#samples.add(0);
    this.#overflows.add(0);
  }

  accept({ at, resourceMetrics }: Collection): void {
    this.#tickNumber++;
    const target = this.#targetFor(resourceMetrics.resource.attributes);
    const builder = new TickBuilder((this.#latest?.series.length ?? 0) + 16);
    let overflows = 0;
    for (const { metrics } of resourceMetrics.scopeMetrics) {
      for (const metric of metrics) if (this.#translate(metric, target.labels, builder)) overflows++;
    }
    const info = target.info?.series[0];
    if (info !== undefined) builder.add(info, 1);
    const tick = builder.finish(at);
    this.#latest = tick;
    this.#samples?.add(tick.series.length);
    if (overflows > 0) this.#overflows?.add(overflows);
    if (this.#tickNumber % sweepEveryTicks === 0) this.#sweep();
    for (const stage of this.#next) this.#hand(stage, tick);
  }

  /**
   * The series that an observable instrument has for an attribute set; undefined unless the newest tick had it. For who hands a value on
   * before the tick collects it.
   */
  seriesOf(instrument: Observable, attributes: Attributes): Series | undefined {
    if (!(instrument instanceof ObservedInstrument)) return undefined;
    const { name, unit, type } = instrument.descriptor;
    const pointType = type === InstrumentType.OBSERVABLE_GAUGE ? DataPointType.GAUGE : DataPointType.SUM;
    const point = this.#caches.get(cacheKey(name, unit, pointType))?.known(instrument.attributesOf(attributes));
    return point?.seenIn === this.#tickNumber ? point.series[0] : undefined;
  }

  #hand(stage: TickStage, tick: Tick): void {
    try {
      stage.accept(tick);
    } catch (error) {
      this.#tellOnce(
        `stage ${stage.constructor.name}`,
        { stage: stage.constructor.name, error: messageOf(error) },
        'a tick stage failed',
      );
    }
  }

  /** True when the metric overflowed. */
  #translate(metric: MetricData, target: Readonly<Record<string, string>>, builder: TickBuilder): boolean {
    switch (metric.dataPointType) {
      case DataPointType.HISTOGRAM:
        return this.#points(metric, metric.dataPoints, target, (point, value) => addHistogram(builder, point, value));
      case DataPointType.GAUGE:
      case DataPointType.SUM:
        return this.#points(metric, metric.dataPoints, target, (point, value) => {
          const series = point.series[0];
          if (series !== undefined) builder.add(series, value);
        });
      case DataPointType.EXPONENTIAL_HISTOGRAM:
        this.#refuse(metric, 'exponential histograms have no series yet, left out');
        return false;
    }
  }

  #points<Value>(
    metric: MetricData,
    points: readonly DataPoint<Value>[],
    target: Readonly<Record<string, string>>,
    add: (series: PointSeries, value: Value) => void,
  ): boolean {
    const cache = this.#cacheFor(metric, target);
    if (cache === undefined) return false;
    let overflowed = false;
    for (const { attributes, value } of points) {
      const series = cache.find(attributes);
      if (series.seenIn === this.#tickNumber) {
        this.#refuse(metric, 'two attribute sets stand for the same series, the later one is left out');
        continue;
      }
      series.seenIn = this.#tickNumber;
      add(series, value);
      if (attributes[overflowAttribute] === true) overflowed = true;
    }
    return overflowed;
  }

  #cacheFor(metric: MetricData, target: Readonly<Record<string, string>>): SeriesCache | undefined {
    const boundaries = boundariesOf(metric);
    const { name: otelName, unit } = metric.descriptor;
    const key = cacheKey(otelName, unit, metric.dataPointType, boundaries);
    const known = this.#caches.get(key);
    if (known !== undefined) return known;
    const description = describe(metric);
    if (
      metric.dataPointType !== DataPointType.GAUGE &&
      metric.aggregationTemporality === AggregationTemporality.DELTA
    ) {
      this.#refuse(metric, 'delta temporality has no series, left out');
      return undefined;
    }
    const owner = this.#taken.get(description.name);
    if (description.name === '' || description.name === targetInfo.name || (owner !== undefined && owner !== key)) {
      this.#refuse(metric, 'the metric has no name of its own in Prometheus, left out');
      return undefined;
    }
    const cache = new SeriesCache(description, target, boundaries);
    this.#taken.set(description.name, key);
    this.#caches.set(key, cache);
    return cache;
  }

  #targetFor(resource: Attributes): {
    readonly labels: Record<string, string>;
    readonly info: PointSeries | undefined;
  } {
    if (this.#target?.resource === resource) return this.#target;
    const labels = targetOf(resource);
    const rest = infoOf(resource);
    const shown = Object.keys(rest).length > 0 && Object.keys(labels).length > 0;
    const info = shown ? new SeriesCache(targetInfo, labels, undefined).find(rest) : undefined;
    if (this.#target !== undefined) {
      this.#caches.clear();
      this.#taken.clear();
    }
    this.#target = { resource, labels, info };
    return this.#target;
  }

  #sweep(): void {
    for (const [key, cache] of this.#caches) {
      cache.dropUnseen(this.#tickNumber - forgetAfterTicks);
      if (!cache.isEmpty) continue;
      this.#caches.delete(key);
      this.#taken.delete(cache.metric.name);
    }
  }

  #refuse(metric: MetricData, message: string): void {
    this.#tellOnce(`${metric.descriptor.name} ${message}`, { metric: metric.descriptor.name }, message);
  }

  #tellOnce(key: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    if (this.#told.has(key) || this.#told.size >= 1000) return;
    this.#told.add(key);
    this.#logger.warn(fields, message);
  }
}

function cacheKey(name: string, unit: string, type: DataPointType, boundaries?: readonly number[]): string {
  return `${name}\u0000${unit}\u0000${type}\u0000${boundaries?.join() ?? ''}`;
}

function describe(metric: MetricData): MetricDescription {
  const { name: otelName, unit, description } = metric.descriptor;
  const isCounter = metric.dataPointType === DataPointType.SUM && metric.isMonotonic;
  const isGauge = metric.dataPointType === DataPointType.GAUGE;
  const isHistogram = metric.dataPointType === DataPointType.HISTOGRAM;
  return {
    otelName,
    name: metricName(otelName, unit, isCounter ? 'counter' : isGauge ? 'gauge' : 'other'),
    type: isCounter ? 'counter' : isHistogram ? 'histogram' : 'gauge',
    unit,
    description,
  };
}

function boundariesOf(metric: MetricData): readonly number[] | undefined {
  return metric.dataPointType === DataPointType.HISTOGRAM ? metric.dataPoints[0]?.value.buckets.boundaries : undefined;
}

/** Buckets become cumulative, as Prometheus counts them. */
function addHistogram(builder: TickBuilder, point: PointSeries, { buckets, sum, count }: Histogram): void {
  const bucketCount = buckets.counts.length;
  let total = 0;
  for (let i = 0; i < bucketCount; i++) {
    total += buckets.counts[i] ?? 0;
    const series = point.series[i];
    if (series !== undefined) builder.add(series, total);
  }
  const [sumSeries, countSeries] = [point.series[bucketCount], point.series[bucketCount + 1]];
  if (sumSeries !== undefined && sum !== undefined) builder.add(sumSeries, sum);
  if (countSeries !== undefined) builder.add(countSeries, count);
}

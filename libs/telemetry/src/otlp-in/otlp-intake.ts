import type { Attributes, Counter, Meter } from '@opentelemetry/api';
import { longSkipMs } from '@tapewatch/model';
import type { Clock, MetricDescription, Series, Tick, TickStage, Timeline } from '@tapewatch/model';
import { metricName } from '../series-translation/prometheus-name.js';
import { infoOf, promotedOf, targetOf } from '../series-translation/series-labels.js';
import type { PushedMetric, PushedPoint, PushedRequest, PushedResource } from './pushed-request.js';
import { PushedSeries, seriesOf } from './pushed-series.js';
import { Refusals } from './refusals.js';
import type { Shaped } from './series-shape.js';
import { shapesOf } from './series-shape.js';

/** Why a sample found no place; undefined when it did. */
export type PushRefusal = 'out_of_order' | 'too_old' | 'no_room' | 'not_pushed';

/** Where pushed samples go: whoever keeps them. */
export interface PushedSampleStage {
  /** Takes a sample at its own time, in milliseconds; times of one series must grow. */
  append(series: Series, timeMs: number, value: number): PushRefusal | undefined;
  /** The series has no value from this time on. */
  end(series: Series, timeMs: number): void;
}

export interface OtlpIntakeOptions {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly next: PushedSampleStage;
  /** Of the ticks. */
  readonly timeline: Timeline;
  /** Resource attributes that become labels of every series of the resource. */
  readonly promote: readonly string[];
}

/** What became of a request's points; one point may be several samples. */
export interface IntakeResult {
  readonly accepted: number;
  readonly rejected: number;
  /** What was wrong with the rejected ones; '' when there are none. */
  readonly message: string;
}

const farInFutureMs = 600_000;
const forgetAfterMs = 600_000;
const sweepEveryMs = 60_000;
const mostResources = 10_000;

interface Resource {
  readonly labels: Readonly<Record<string, string>>;
  readonly info: Attributes;
  readonly series: Map<string, PushedSeries>;
}

const targetInfo: MetricDescription = {
  otelName: 'target.info',
  name: 'target_info',
  type: 'gauge',
  unit: '',
  description: 'Resource attributes that are in no other label.',
};

/**
 * Takes what other programs push over OTLP and makes Prometheus' series of it, as Prometheus' own OTLP intake does by default
 * (UnderscoreEscapingWithSuffixes; resource attributes in `target_info` unless promoted). Cumulative sums are kept, differences are added
 * up; exponential histograms are refused. Samples keep their own times, unless the ticks stand apart from the wall clock; a series that stays away is ended after 2.5 times its
 * rhythm, at least ten seconds.
 */
export class OtlpIntake implements TickStage {
  readonly #options: OtlpIntakeOptions;
  readonly #resources = new Map<string, Resource>();
  readonly #points: Counter;
  #sweptMs = 0;
  #skippedMs = 0;

  constructor(options: OtlpIntakeOptions) {
    this.#options = options;
    this.#points = options.meter.createCounter('tapewatch.intake.points', {
      unit: '{point}',
      description: 'Data points that other programs pushed over OTLP',
    });
    this.#points.add(0, { outcome: 'accepted' });
    this.#points.add(0, { outcome: 'rejected' });
  }

  take(request: PushedRequest): IntakeResult {
    const refusals = new Refusals();
    let accepted = 0;
    for (const pushed of request.resources) accepted += this.#takeResource(pushed, refusals);
    this.#points.add(accepted, { outcome: 'accepted' });
    if (refusals.count > 0) this.#points.add(refusals.count, { outcome: 'rejected' });
    return { accepted, rejected: refusals.count, message: refusals.message };
  }

  /** Ends what has been silent for too long. */
  accept({ at }: Pick<Tick, 'at'>): void {
    const now = this.#options.clock.monotonic();
    this.#bridge(at, now);
    const sweep = now - this.#sweptMs >= sweepEveryMs;
    if (sweep) this.#sweptMs = now;
    for (const [key, { series }] of this.#resources) {
      for (const [id, pushed] of series) {
        if (pushed.isSilentAt(now)) this.#end(pushed, Math.max(at, pushed.newestMs + 1));
        if (sweep && pushed.ended && now - pushed.arrivedMs > forgetAfterMs) series.delete(id);
      }
      if (series.size === 0) this.#resources.delete(key);
    }
  }

  /** After a jump of the ticks: what was there just before it still is, and is as old as it was. */
  #bridge(at: number, now: number): void {
    const { next, timeline } = this.#options;
    const skippedMs = timeline.skippedMs - this.#skippedMs;
    this.#skippedMs = timeline.skippedMs;
    if (skippedMs < longSkipMs) return;
    for (const { series } of this.#resources.values())
      for (const pushed of series.values()) {
        const timeMs = Math.round(at - (now - pushed.arrivedMs));
        if (pushed.ended || timeMs <= pushed.newestMs) continue;
        for (const [i, one] of pushed.series.entries()) next.append(one, timeMs, pushed.values[i] as number);
        pushed.newestMs = timeMs;
      }
  }

  /** Where a point lies among the ticks: senders may go by the wall clock as it is, or as it was before it was set back. */
  #placed(pointMs: number): number {
    const { clock, timeline } = this.#options;
    if (timeline.aheadMs === 0) return pointMs;
    const now = clock.now() + timeline.aheadMs;
    const moved = Math.round(pointMs + timeline.aheadMs);
    return Math.abs(now - moved) <= Math.abs(now - pointMs) ? moved : pointMs;
  }

  #takeResource(pushed: PushedResource, refusals: Refusals): number {
    const resource = this.#resourceOf(pushed.attributes);
    if (resource === undefined) {
      for (const metric of pushed.metrics)
        refusals.add(`more than ${mostResources} resources are pushed`, metric.name, metric.points.length);
      return 0;
    }
    let accepted = 0;
    let newestMs = -Infinity;
    for (const metric of pushed.metrics) {
      const result = this.#takeMetric(metric, resource, refusals);
      accepted += result.accepted;
      newestMs = Math.max(newestMs, result.newestMs);
    }
    if (accepted > 0) this.#tellTarget(resource, newestMs);
    return accepted;
  }

  #takeMetric(
    metric: PushedMetric,
    resource: Resource,
    refusals: Refusals,
  ): { readonly accepted: number; readonly newestMs: number } {
    const unfit = unfitness(metric);
    if (unfit !== undefined) {
      refusals.add(unfit, metric.name, metric.points.length);
      return { accepted: 0, newestMs: -Infinity };
    }
    const description = describe(metric);
    let accepted = 0;
    let newestMs = -Infinity;
    const points = metric.points as readonly PushedPoint[];
    shapesOf(metric).forEach((shaped, i) => {
      if (typeof shaped === 'string') return refusals.add(shaped, metric.name, 1);
      const point = points[i] as PushedPoint;
      const timeMs = point.timeMs === 0 ? this.#options.clock.now() : point.timeMs;
      const refusal = this.#takePoint({ description, metric, point: { ...point, timeMs }, shaped, resource });
      if (refusal !== undefined) return refusals.add(refusal, metric.name, 1);
      accepted++;
      newestMs = Math.max(newestMs, timeMs);
    });
    return { accepted, newestMs };
  }

  #takePoint({ description, metric, point, shaped, resource }: PointToTake): string | undefined {
    const { clock, timeline, next } = this.#options;
    const timeMs = this.#placed(point.timeMs);
    if (timeMs > clock.now() + timeline.aheadMs + farInFutureMs)
      return 'a point lies more than ten minutes in the future';
    const pushed = this.#pushedOf(description, shaped, point, resource);
    // What is sent again after an answer got lost is the same point: taken once, and no fault.
    if (point.timeMs === pushed.pointMs) return undefined;
    if (timeMs <= pushed.newestMs) return reasons.out_of_order;
    const values = isDelta(metric) ? addedUp(pushed, shaped.values) : shaped.values;
    if (point.ended) this.#end(pushed, timeMs);
    else {
      for (const [i, series] of pushed.series.entries()) {
        const refusal = next.append(series, timeMs, values[i] as number);
        if (refusal !== undefined) return reasons[refusal];
      }
    }
    const { ended, timeMs: pointMs } = point;
    pushed.took({ timeMs, pointMs, values, arrivedMs: clock.monotonic(), ended });
    return undefined;
  }

  #end(pushed: PushedSeries, timeMs: number): void {
    for (const series of pushed.series) this.#options.next.end(series, timeMs);
    pushed.ended = true;
  }

  #pushedOf(description: MetricDescription, shaped: Shaped, point: PushedPoint, resource: Resource): PushedSeries {
    const bounds = shaped.parts.map(({ suffix, label }) => `${suffix}${label?.[1] ?? ''}`).join();
    const key = `${description.otelName}\u0000${description.name}\u0000${bounds}\u0000${JSON.stringify(point.attributes)}`;
    let pushed = resource.series.get(key);
    if (pushed === undefined) {
      pushed = new PushedSeries(seriesOf(description, shaped.parts, point.attributes, resource.labels));
      resource.series.set(key, pushed);
    }
    return pushed;
  }

  #tellTarget(resource: Resource, pointMs: number): void {
    if (Object.keys(resource.info).length === 0 || Object.keys(resource.labels).length === 0) return;
    const shaped = { parts: [{ suffix: '' }], values: [1] };
    const timeMs = this.#placed(pointMs);
    const point = { attributes: resource.info, timeMs: pointMs, startMs: 0, ended: false };
    const pushed = this.#pushedOf(targetInfo, shaped, point, resource);
    if (timeMs <= pushed.newestMs) return;
    if (this.#options.next.append(pushed.series[0] as Series, timeMs, 1) === undefined)
      pushed.took({ timeMs, pointMs, values: shaped.values, arrivedMs: this.#options.clock.monotonic(), ended: false });
  }

  #resourceOf(attributes: Attributes): Resource | undefined {
    const key = JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#resources.get(key);
    if (known !== undefined) return known;
    if (this.#resources.size >= mostResources) return undefined;
    const resource: Resource = {
      labels: { ...promotedOf(attributes, this.#options.promote), ...targetOf(attributes) },
      info: infoOf(attributes),
      series: new Map<string, PushedSeries>(),
    };
    this.#resources.set(key, resource);
    return resource;
  }
}

interface PointToTake {
  readonly description: MetricDescription;
  readonly metric: PushedMetric;
  readonly point: PushedPoint;
  readonly shaped: Shaped;
  readonly resource: Resource;
}

const reasons: Readonly<Record<PushRefusal, string>> = {
  out_of_order: 'a point is older than one that was taken before',
  too_old: 'a point is older than memory reaches',
  no_room: 'new series found no place in the memory budget (metrics.memory)',
  not_pushed: 'a series of these labels is measured here already',
};

function isDelta(metric: PushedMetric): boolean {
  return (metric.kind === 'sum' || metric.kind === 'histogram') && metric.temporality === 'delta';
}

/** What differences have come to so far; after a restart of this program they begin at 0, which a rate takes for a reset. */
function addedUp(pushed: PushedSeries, values: readonly number[]): ArrayLike<number> {
  pushed.totals ??= new Float64Array(values.length);
  const { totals } = pushed;
  values.forEach((value, i) => {
    totals[i] = (totals[i] as number) + value;
  });
  return totals;
}

function unfitness(metric: PushedMetric): string | undefined {
  if (metric.name === '') return 'a metric has no name';
  if (metricName(metric.name, '', 'other') === '') return 'nothing of the name can stand in Prometheus';
  const summed = metric.kind === 'sum' || metric.kind === 'histogram';
  if (summed && metric.temporality === 'unspecified') return 'the temporality is missing: cumulative or delta';
  return undefined;
}

function describe(metric: PushedMetric): MetricDescription {
  const { name: otelName, unit, description, kind } = metric;
  const isCounter = kind === 'sum' && metric.monotonic;
  return {
    otelName,
    name: metricName(otelName, unit, isCounter ? 'counter' : kind === 'gauge' ? 'gauge' : 'other'),
    type: isCounter ? 'counter' : kind === 'histogram' ? 'histogram' : 'gauge',
    unit,
    description,
  };
}

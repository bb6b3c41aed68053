import type { Meter } from '@opentelemetry/api';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** Everything that all meters had to say at one tick. Cumulative; owned by nobody, changed by nobody once handed on. */
export interface Collection {
  /** Milliseconds since the epoch, a whole second; the time of every point in it. */
  readonly at: number;
  readonly resourceMetrics: ResourceMetrics;
}

/** A stage that takes collections. It may keep them, and must bound how many. */
export interface CollectionStage {
  /** Called once a tick; must return quickly. What it throws is logged and costs neither the tick nor the other stages. */
  accept(collection: Collection): void;
  /** Called once, before the first collection, with the meter that the stage's own figures go through. */
  attach?(meter: Meter): void;
  /** Called once, after the last collection: hands on what waits, and lets go of it within `deadlineMs`. */
  stop?(deadlineMs: number): Promise<void>;
}

/** How many points a collection holds, over all its metrics. */
export function pointsIn(collection: Collection): number {
  let points = 0;
  for (const scope of collection.resourceMetrics.scopeMetrics) {
    for (const metric of scope.metrics) points += metric.dataPoints.length;
  }
  return points;
}

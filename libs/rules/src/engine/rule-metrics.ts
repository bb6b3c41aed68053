import type { Counter, Histogram, Meter } from '@opentelemetry/api';

export interface RuleMetrics {
  readonly duration: Histogram;
  readonly failures: Counter;
  readonly missed: Counter;
  readonly arrivals: Counter;
  readonly arrivalsSkipped: Counter;
  /** The counters exist from the start for every group, so that `increase()` over them sees the first failure. */
  begin(groups: Iterable<string>): void;
}

/** Too many series for an evaluation between ticks, or no time for it. */
const arrivalSkips = ['many_series', 'busy'] as const;
export type ArrivalSkip = (typeof arrivalSkips)[number];

const boundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

export function createRuleMetrics(meter: Meter): RuleMetrics {
  const metrics = {
    duration: meter.createHistogram('tapewatch.rule.evaluation.duration', {
      description: 'Time that one evaluation of a rule group takes',
      unit: 's',
      advice: { explicitBucketBoundaries: boundaries },
    }),
    failures: meter.createCounter('tapewatch.rule.evaluation.failures', {
      description: 'Evaluations of single rules that failed',
      unit: '{failure}',
    }),
    missed: meter.createCounter('tapewatch.rule.evaluation.missed', {
      description: 'Evaluations of a rule group that were due but did not happen',
      unit: '{evaluation}',
    }),
    arrivals: meter.createCounter('tapewatch.rule.arrival.evaluations', {
      description: 'Evaluations of single rules between ticks, because a value came that they select',
      unit: '{evaluation}',
    }),
    arrivalsSkipped: meter.createCounter('tapewatch.rule.arrival.skipped', {
      description: 'Evaluations of single rules that were left to the next tick',
      unit: '{evaluation}',
    }),
  };
  metrics.arrivals.add(0);
  for (const reason of arrivalSkips) metrics.arrivalsSkipped.add(0, { reason });
  return {
    ...metrics,
    begin(groups) {
      for (const group of groups) {
        metrics.failures.add(0, { group });
        metrics.missed.add(0, { group });
      }
    },
  };
}

import type { Counter, Histogram, Meter } from '@opentelemetry/api';

export interface RuleMetrics {
  readonly duration: Histogram;
  readonly failures: Counter;
  readonly missed: Counter;
  /** The counters exist from the start for every group, so that `increase()` over them sees the first failure. */
  begin(groups: Iterable<string>): void;
}

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
  };
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

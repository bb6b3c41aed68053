import type { AlertInstance, Labels, MetricDescription, Series } from '@tapewatch/model';
import type { RuleSample } from '../rule-sample.js';

interface SeriesOfAlert {
  readonly pending: Series;
  readonly firing: Series;
  readonly forState: Series;
}

/** `ALERTS` and `ALERTS_FOR_STATE`: the alerts of one rule as series, under Prometheus' names. */
export class AlertSeries {
  #known = new Map<string, SeriesOfAlert>();

  /** The same objects for what the same rule before a reload has written. */
  adopt(before: AlertSeries): void {
    this.#known = before.#known;
  }

  of(active: Iterable<AlertInstance>): readonly RuleSample[] {
    const known = new Map<string, SeriesOfAlert>();
    const samples: RuleSample[] = [];
    for (const { labels, startsAt, state } of active) {
      const series = this.#known.get(labels.key) ?? seriesOf(labels);
      known.set(labels.key, series);
      samples.push(
        { series: series[state], value: 1 },
        { series: series.forState, value: Math.floor(startsAt / 1000) },
      );
    }
    this.#known = known;
    return samples;
  }
}

function seriesOf(labels: Labels): SeriesOfAlert {
  return {
    pending: { labels: labels.with({ __name__: alerts.name, alertstate: 'pending' }), metric: alerts },
    firing: { labels: labels.with({ __name__: alerts.name, alertstate: 'firing' }), metric: alerts },
    forState: { labels: labels.with({ __name__: forState.name }), metric: forState },
  };
}

const alerts: MetricDescription = {
  otelName: 'ALERTS',
  name: 'ALERTS',
  type: 'gauge',
  unit: '',
  description: '1 for every alert that is pending or firing',
};

const forState: MetricDescription = {
  otelName: 'ALERTS_FOR_STATE',
  name: 'ALERTS_FOR_STATE',
  type: 'gauge',
  unit: '',
  description: 'Since when the condition of the alert holds, in seconds since the epoch',
};

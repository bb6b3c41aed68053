import type { Attributes, Meter } from '@opentelemetry/api';
import type { Alert } from '@tapewatch/model';

/** `alert.active` by state and severity; the known combinations are there from the start, so that 0 is a value. */
export function observeActiveAlerts(meter: Meter, active: () => readonly Alert[]): void {
  const series = new Map<string, { readonly attributes: Attributes; count: number }>();
  const seriesOf = (state: string, severity: string): { count: number } => {
    const key = `${state} ${severity}`;
    const known = series.get(key);
    if (known !== undefined) return known;
    const made = { attributes: { state, severity }, count: 0 };
    series.set(key, made);
    return made;
  };
  for (const state of ['pending', 'firing'])
    for (const severity of ['info', 'warning', 'critical']) seriesOf(state, severity);
  const gauge = meter.createObservableGauge('alert.active', {
    unit: '{alert}',
    description: 'Alerts that are pending or firing',
  });
  gauge.addCallback((result) => {
    for (const one of series.values()) one.count = 0;
    for (const alert of active()) seriesOf(alert.state, alert.labels.get('severity')).count++;
    for (const { attributes, count } of series.values()) result.observe(count, attributes);
  });
  const muted = meter.createObservableGauge('alert.muted', {
    unit: '{alert}',
    description: 'Alerts that are pending or firing and of which nobody is told, by silence or inhibition',
  });
  muted.addCallback((result) => {
    const counts = { silence: 0, inhibition: 0 };
    for (const { silencedBy, inhibitedBy } of active()) {
      if (silencedBy !== undefined) counts.silence++;
      if (inhibitedBy !== undefined) counts.inhibition++;
    }
    for (const [by, count] of Object.entries(counts)) result.observe(count, { by });
  });
}

import type { Meter } from '@opentelemetry/api';

/** A meter whose instruments are all called `prefix.…`, so that nobody's figures get mixed up with another's. */
export function namespacedMeter(meter: Meter, prefix: string): Meter {
  const named = (name: string): string => `${prefix}.${name}`;
  return {
    createCounter: (name, options) => meter.createCounter(named(name), options),
    createUpDownCounter: (name, options) => meter.createUpDownCounter(named(name), options),
    createGauge: (name, options) => meter.createGauge(named(name), options),
    createHistogram: (name, options) => meter.createHistogram(named(name), options),
    createObservableCounter: (name, options) => meter.createObservableCounter(named(name), options),
    createObservableUpDownCounter: (name, options) => meter.createObservableUpDownCounter(named(name), options),
    createObservableGauge: (name, options) => meter.createObservableGauge(named(name), options),
    addBatchObservableCallback: (callback, observables) => meter.addBatchObservableCallback(callback, observables),
    removeBatchObservableCallback: (callback, observables) =>
      meter.removeBatchObservableCallback(callback, observables),
  };
}

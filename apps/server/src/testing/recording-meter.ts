import type { Attributes, Meter, ObservableCallback } from '@opentelemetry/api';
import { createNoopMeter } from '@opentelemetry/api';

export interface Measurement {
  readonly instrument: string;
  readonly value: number;
  readonly attributes: Attributes;
}

/** Keeps what is recorded; observable gauges are asked by `observe`. */
export class RecordingMeter {
  readonly measurements: Measurement[] = [];
  readonly #observed = new Map<string, ObservableCallback>();
  readonly meter: Meter;

  constructor() {
    const noop = createNoopMeter();
    const record =
      (instrument: string) =>
      (value: number, attributes: Attributes = {}): void => {
        this.measurements.push({ instrument, value, attributes });
      };
    this.meter = Object.assign(Object.create(noop) as Meter, {
      createHistogram: (name: string) => ({ record: record(name) }),
      createUpDownCounter: (name: string) => ({ add: record(name) }),
      createObservableGauge: (name: string) => ({
        addCallback: (callback: ObservableCallback) => void this.#observed.set(name, callback),
        removeCallback: () => this.#observed.delete(name),
      }),
    });
  }

  of(instrument: string): readonly Measurement[] {
    return this.measurements.filter((measurement) => measurement.instrument === instrument);
  }

  observe(instrument: string): number | undefined {
    let seen: number | undefined;
    void this.#observed.get(instrument)?.({ observe: (value) => (seen = value) });
    return seen;
  }
}

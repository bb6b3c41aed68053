import type { Attributes, Meter, ObservableCallback } from '@opentelemetry/api';
import { createNoopMeter } from '@opentelemetry/api';

/** A meter that remembers what was counted and recorded. */
export class RecordingMeter {
  readonly meter: Meter;
  readonly #sums = new Map<string, number>();
  readonly #callbacks = new Map<string, ObservableCallback>();

  constructor() {
    this.meter = createNoopMeter();
    this.meter.createCounter = (name) => ({ add: (value, attributes) => this.#add(name, value, attributes) });
    this.meter.createObservableGauge = (name) => ({
      addCallback: (callback) => void this.#callbacks.set(name, callback),
      removeCallback: () => void this.#callbacks.delete(name),
    });
    this.meter.createHistogram = (name) => ({ record: (_, attributes) => this.#add(name, 1, attributes) });
  }

  /** The sum of a counter, or the count of a histogram; undefined before the first. */
  value(name: string, attributes: Attributes): number | undefined {
    return this.#sums.get(keyOf(name, attributes));
  }

  /** What an observable gauge gives now. */
  observed(name: string, attributes: Attributes): number | undefined {
    let found: number | undefined;
    void this.#callbacks.get(name)?.({
      observe: (value, of) => {
        if (keyOf(name, of ?? {}) === keyOf(name, attributes)) found = value;
      },
    });
    return found;
  }

  #add(name: string, value: number, attributes: Attributes = {}): void {
    const key = keyOf(name, attributes);
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + value);
  }
}

function keyOf(name: string, attributes: Attributes): string {
  return `${name} ${JSON.stringify(attributes)}`;
}

import type { BatchObservableResult, Meter, MetricOptions, Observable } from '@opentelemetry/api';

/** Observable instruments that are observed together, by one callback, once a tick. */
export class InstrumentGroup {
  readonly #meter: Meter;
  readonly #instruments: Observable[] = [];
  #unregister: (() => void) | undefined;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  counter(name: string, unit: string, description: string): Observable {
    return this.#add(this.#meter.createObservableCounter(name, options(unit, description)));
  }

  upDownCounter(name: string, unit: string, description: string): Observable {
    return this.#add(this.#meter.createObservableUpDownCounter(name, options(unit, description)));
  }

  gauge(name: string, unit: string, description: string): Observable {
    return this.#add(this.#meter.createObservableGauge(name, options(unit, description)));
  }

  /** An instrument that the callback does not observe has no series in that tick. */
  observe(callback: (result: BatchObservableResult) => void | Promise<void>): void {
    this.#meter.addBatchObservableCallback(callback, this.#instruments);
    this.#unregister = () => this.#meter.removeBatchObservableCallback(callback, this.#instruments);
  }

  stop(): void {
    this.#unregister?.();
    this.#unregister = undefined;
  }

  #add(instrument: Observable): Observable {
    this.#instruments.push(instrument);
    return instrument;
  }
}

function options(unit: string, description: string): MetricOptions {
  return { unit, description };
}

import type {
  Attributes,
  BatchObservableCallback,
  BatchObservableResult,
  Counter,
  Gauge,
  Histogram,
  Meter,
  MetricOptions,
  Observable,
  ObservableCounter,
  ObservableGauge,
  ObservableUpDownCounter,
  UpDownCounter,
} from '@opentelemetry/api';

export interface Point {
  readonly name: string;
  readonly value: number;
  readonly attributes: Attributes;
}

export interface CreatedInstrument {
  readonly type: 'histogram' | 'observable counter' | 'observable gauge';
  readonly options: MetricOptions;
}

/** A meter that keeps what it is given; `collect` runs the batch callbacks, as a reader would once a second. */
export class RecordingMeter implements Meter {
  readonly instruments = new Map<string, CreatedInstrument>();
  /** Everything recorded by histograms, in order. */
  readonly recorded: Point[] = [];
  readonly #names = new Map<Observable, string>();
  readonly #callbacks = new Map<BatchObservableCallback, readonly Observable[]>();

  /** What an observable was made as. */
  nameOf(observable: Observable): string | undefined {
    return this.#names.get(observable);
  }

  createHistogram(name: string, options: MetricOptions = {}): Histogram {
    this.instruments.set(name, { type: 'histogram', options });
    return { record: (value, attributes = {}) => void this.recorded.push({ name, value, attributes }) };
  }

  createObservableGauge(name: string, options: MetricOptions = {}): ObservableGauge {
    return this.#observable(name, 'observable gauge', options);
  }

  createObservableCounter(name: string, options: MetricOptions = {}): ObservableCounter {
    return this.#observable(name, 'observable counter', options);
  }

  createGauge(): Gauge {
    throw new Error('not recorded');
  }

  createCounter(): Counter {
    throw new Error('not recorded');
  }

  createUpDownCounter(): UpDownCounter {
    throw new Error('not recorded');
  }

  createObservableUpDownCounter(): ObservableUpDownCounter {
    throw new Error('not recorded');
  }

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#callbacks.set(callback, observables);
  }

  removeBatchObservableCallback(callback: BatchObservableCallback): void {
    this.#callbacks.delete(callback);
  }

  collect(): readonly Point[] {
    const points: Point[] = [];
    for (const [callback, observables] of this.#callbacks) {
      const result: BatchObservableResult = {
        observe: (metric, value, attributes = {}) => {
          if (!observables.includes(metric)) throw new Error('observed an instrument that was not registered');
          points.push({ name: this.#names.get(metric) ?? '?', value, attributes });
        },
      };
      void callback(result);
    }
    return points;
  }

  /** The points of one instrument whose attributes include the given ones. */
  points(name: string, attributes: Attributes = {}): readonly Point[] {
    return this.collect().filter((point) => point.name === name && includes(point.attributes, attributes));
  }

  /** The value of the one such point; undefined when there is none. */
  value(name: string, attributes: Attributes = {}): number | undefined {
    const points = this.points(name, attributes);
    if (points.length > 1) throw new Error(`${name} has ${String(points.length)} such points`);
    return points[0]?.value;
  }

  #observable(name: string, type: CreatedInstrument['type'], options: MetricOptions): ObservableGauge {
    this.instruments.set(name, { type, options });
    const observable: ObservableGauge = { addCallback: () => undefined, removeCallback: () => undefined };
    this.#names.set(observable, name);
    return observable;
  }
}

function includes(attributes: Attributes, wanted: Attributes): boolean {
  return Object.entries(wanted).every(([name, value]) => attributes[name] === value);
}

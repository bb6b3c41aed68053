import type {
  Attributes,
  Context,
  Counter,
  Gauge,
  Histogram,
  Meter,
  MeterOptions,
  MeterProvider,
  UpDownCounter,
} from '@opentelemetry/api';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Observables, ScopeObservables } from './observables/observables.js';
import { overflow } from './observables/observed-instrument.js';

/**
 * Hands out meters whose synchronous instruments are the SDK's and whose observable ones are ours, with the cardinality limit held over the life of synchronous instruments too. The SDK counts
 * their attribute sets anew after each collection and keeps all of them for cumulative sums, so that at one tick a second
 * its own limit bounds nothing. Here an instrument that was seen at its limit takes no attribute set that it does not have
 * yet. Until then nothing is looked up; at most it holds one tick's sets above the limit.
 */
export class LimitedMeterProvider implements MeterProvider {
  readonly #inner: MeterProvider;
  readonly #limit: number;
  readonly #admissions = new Map<string, Admission>();
  readonly #meters = new WeakMap<Meter, Meter>();

  readonly #observables: Observables;

  constructor(inner: MeterProvider, observables: Observables, cardinalityLimit: number) {
    this.#inner = inner;
    this.#observables = observables;
    this.#limit = cardinalityLimit;
  }

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    const inner = this.#inner.getMeter(name, version, options);
    let meter = this.#meters.get(inner);
    if (meter === undefined) {
      const scope = scopeKey(name, version, options?.schemaUrl);
      const observables = this.#observables.scope(scope, {
        name,
        ...(version === undefined ? {} : { version }),
        ...(options?.schemaUrl === undefined ? {} : { schemaUrl: options.schemaUrl }),
      });
      meter = limitedMeter(inner, observables, (instrument) => this.#admission(scope, instrument));
      this.#meters.set(inner, meter);
    }
    return meter;
  }

  /** To be told of every collection: that is where instruments at their limit are seen. */
  inspect({ scopeMetrics }: ResourceMetrics): void {
    for (const { scope, metrics } of scopeMetrics) {
      for (const { descriptor, dataPoints } of metrics) {
        // One place is the overflow set's.
        if (dataPoints.length < this.#limit - 1) continue;
        const key = scopeKey(scope.name, scope.version, scope.schemaUrl);
        this.#admissions
          .get(instrumentKey(key, descriptor.name))
          ?.close(dataPoints.map(({ attributes }) => attributes));
      }
    }
  }

  #admission(scope: string, instrument: string): Admission {
    const key = instrumentKey(scope, instrument);
    let admission = this.#admissions.get(key);
    if (admission === undefined) {
      admission = new Admission();
      this.#admissions.set(key, admission);
    }
    return admission;
  }
}

/** Which attribute sets an instrument takes: all, until it is closed. */
class Admission {
  #admitted: ReadonlySet<string> | undefined;

  close(attributeSets: readonly Attributes[]): void {
    this.#admitted ??= new Set(attributeSets.map(attributesKey));
  }

  admit(attributes: Attributes | undefined): Attributes | undefined {
    if (this.#admitted === undefined || this.#admitted.has(attributesKey(attributes ?? {}))) return attributes;
    return overflow;
  }
}

function limitedMeter(
  inner: Meter,
  observables: ScopeObservables,
  admissionOf: (instrument: string) => Admission,
): Meter {
  type Add = Counter['add'];
  type RecordValue = Histogram['record'];
  const adding = (instrument: Counter | UpDownCounter, admission: Admission): { add: Add } => ({
    add: (value: number, attributes?: Attributes, context?: Context) =>
      instrument.add(value, admission.admit(attributes), context),
  });
  const recording = (instrument: Histogram | Gauge, admission: Admission): { record: RecordValue } => ({
    record: (value: number, attributes?: Attributes, context?: Context) =>
      instrument.record(value, admission.admit(attributes), context),
  });
  return {
    createCounter: (name, options) => adding(inner.createCounter(name, options), admissionOf(name)),
    createUpDownCounter: (name, options) => adding(inner.createUpDownCounter(name, options), admissionOf(name)),
    createHistogram: (name, options) => recording(inner.createHistogram(name, options), admissionOf(name)),
    createGauge: (name, options) => recording(inner.createGauge(name, options), admissionOf(name)),
    createObservableCounter: (name, options) => observables.create(name, InstrumentType.OBSERVABLE_COUNTER, options),
    createObservableUpDownCounter: (name, options) =>
      observables.create(name, InstrumentType.OBSERVABLE_UP_DOWN_COUNTER, options),
    createObservableGauge: (name, options) => observables.create(name, InstrumentType.OBSERVABLE_GAUGE, options),
    addBatchObservableCallback: (callback, instruments) => observables.addBatch(callback, instruments),
    removeBatchObservableCallback: (callback, instruments) => observables.removeBatch(callback, instruments),
  };
}

export function scopeKey(name: string, version: string | undefined, schemaUrl: string | undefined): string {
  return `${name}\u0000${version ?? ''}\u0000${schemaUrl ?? ''}`;
}

function instrumentKey(scope: string, instrument: string): string {
  return `${scope}\u0000${instrument}`;
}

function attributesKey(attributes: Attributes): string {
  return JSON.stringify(
    Object.keys(attributes)
      .sort()
      .map((name) => [name, attributes[name]]),
  );
}

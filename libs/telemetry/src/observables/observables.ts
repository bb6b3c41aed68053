import { ValueType, diag } from '@opentelemetry/api';
import type {
  Attributes,
  BatchObservableCallback,
  BatchObservableResult,
  HrTime,
  MetricOptions,
  Observable,
  ObservableResult,
} from '@opentelemetry/api';
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { ObservedInstrument } from './observed-instrument.js';
import type { ObservableType } from './observed-instrument.js';

export interface ObservablesOptions {
  /** Attribute sets per instrument. */
  readonly cardinalityLimit: number;
  /** How long one callback may take; the figures of a slower one are missing from the tick. */
  readonly callbackTimeoutMs: number;
  /** Told of each instrument, once, whose value was not a finite number; such points are left out. */
  readonly onNotFinite: (metric: string) => void;
}

interface BatchRecord {
  readonly callback: BatchObservableCallback;
  readonly instruments: ReadonlySet<ObservedInstrument>;
}

const validName = /^[a-z][a-z0-9_.\-/]{0,254}$/i;

/**
 * The observable instruments of all meters. An attribute set that no callback reports any more is missing from the next collection
 * (metrics API, "Asynchronous instruments"), or a feed that was cut off would keep its last price for ever; sums are cumulative as
 * they were observed. The SDK's own storage goes on with last values and takes each value through several maps; this one is a list.
 */
export class Observables {
  readonly #options: ObservablesOptions;
  readonly #scopes = new Map<string, ScopeObservables>();
  readonly #notFinite = new Set<string>();

  constructor(options: ObservablesOptions) {
    this.#options = options;
  }

  scope(key: string, scope: ScopeMetrics['scope']): ScopeObservables {
    let found = this.#scopes.get(key);
    if (found === undefined) this.#scopes.set(key, (found = new ScopeObservables(scope, this.#options)));
    return found;
  }

  /** Calls every callback once. Gives what they threw: what such a one has said is left out. */
  async observe(): Promise<readonly unknown[]> {
    const errors: unknown[] = [];
    const slow: Promise<void>[] = [];
    for (const scope of this.#scopes.values()) scope.observe(errors, slow);
    if (slow.length > 0) await Promise.all(slow);
    return errors;
  }

  /** What was observed since the last time, scope by scope. */
  finish(startTime: HrTime, endTime: HrTime): ScopeMetrics[] {
    return [...this.#scopes.values()].map(({ scope, instruments }) => ({
      scope,
      metrics: instruments.flatMap((instrument) => {
        const { name } = instrument.descriptor;
        const metric = instrument.finish(startTime, endTime, () => this.#tellNotFinite(name));
        return metric === undefined ? [] : [metric];
      }),
    }));
  }

  #tellNotFinite(name: string): void {
    if (this.#notFinite.has(name)) return;
    this.#notFinite.add(name);
    this.#options.onNotFinite(name);
  }
}

/** Those of one meter. */
export class ScopeObservables {
  readonly scope: ScopeMetrics['scope'];
  readonly instruments: ObservedInstrument[] = [];
  readonly #options: ObservablesOptions;
  readonly #batches: BatchRecord[] = [];

  constructor(scope: ScopeMetrics['scope'], options: ObservablesOptions) {
    this.scope = scope;
    this.#options = options;
  }

  /** The one that is there already when name, kind and unit are the same. */
  create(name: string, type: ObservableType, options: MetricOptions = {}): ObservedInstrument {
    if (!validName.test(name))
      diag.warn(
        `Invalid metric name: "${name}". The metric name should be a ASCII string with a length no greater than 255 characters.`,
      );
    const { description = '', unit = '', valueType = ValueType.DOUBLE, advice = {} } = options;
    const known = this.instruments.find(({ descriptor }) => {
      return (
        descriptor.name.toLowerCase() === name.toLowerCase() &&
        descriptor.type === type &&
        descriptor.unit === unit &&
        descriptor.valueType === valueType
      );
    });
    if (known !== undefined) return known;
    const descriptor = { name, type, description, unit, valueType, advice };
    const instrument = new ObservedInstrument(descriptor, this.#options.cardinalityLimit);
    this.instruments.push(instrument);
    return instrument;
  }

  addBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    const instruments = ours(observables);
    if (instruments.size === 0) {
      diag.error('BatchObservableCallback is not associated with valid instruments', observables);
      return;
    }
    if (this.#batchAt(callback, instruments) < 0) this.#batches.push({ callback, instruments });
  }

  removeBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    const at = this.#batchAt(callback, ours(observables));
    if (at >= 0) this.#batches.splice(at, 1);
  }

  observe(errors: unknown[], slow: Promise<void>[]): void {
    for (const instrument of this.instruments) {
      for (const callback of instrument.callbacks) this.#call(new OneResult(instrument), callback, errors, slow);
    }
    for (const { callback, instruments } of this.#batches)
      this.#call(new BatchResult(instruments), callback, errors, slow);
  }

  #call<Result extends Taking>(
    result: Result,
    callback: (result: Result) => unknown,
    errors: unknown[],
    slow: Promise<void>[],
  ): void {
    try {
      const answer = callback(result);
      if (isPromise(answer)) slow.push(this.#wait(result, answer, errors));
      else result.hand();
    } catch (error) {
      errors.push(error);
    }
  }

  async #wait(result: Taking, answer: PromiseLike<unknown>, errors: unknown[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Operation timed out.')), this.#options.callbackTimeoutMs);
    });
    try {
      await Promise.race([answer, late]);
      result.hand();
    } catch (error) {
      errors.push(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #batchAt(callback: BatchObservableCallback, instruments: ReadonlySet<ObservedInstrument>): number {
    return this.#batches.findIndex((record) => {
      return (
        record.callback === callback &&
        record.instruments.size === instruments.size &&
        [...instruments].every((instrument) => record.instruments.has(instrument))
      );
    });
  }
}

/** Keeps what a callback says until it is done: nothing of one that fails half way counts. */
interface Taking {
  hand(): void;
}

class OneResult implements ObservableResult, Taking {
  readonly #instrument: ObservedInstrument;
  readonly #values: number[] = [];
  readonly #attributes: Attributes[] = [];

  constructor(instrument: ObservedInstrument) {
    this.#instrument = instrument;
  }

  observe(value: number, attributes: Attributes = {}): void {
    const accepted = this.#instrument.accepted(value);
    if (accepted === undefined) return;
    this.#values.push(accepted);
    this.#attributes.push(attributes);
  }

  hand(): void {
    for (let i = 0; i < this.#values.length; i++)
      this.#instrument.take(this.#values[i] as number, this.#attributes[i] as Attributes);
  }
}

class BatchResult implements BatchObservableResult, Taking {
  readonly #instruments: ReadonlySet<Observable>;
  readonly #results = new Map<Observable, OneResult>();

  constructor(instruments: ReadonlySet<ObservedInstrument>) {
    this.#instruments = instruments;
  }

  observe(observable: Observable, value: number, attributes?: Attributes): void {
    if (!this.#instruments.has(observable) || !(observable instanceof ObservedInstrument)) return;
    let result = this.#results.get(observable);
    if (result === undefined) this.#results.set(observable, (result = new OneResult(observable)));
    result.observe(value, attributes);
  }

  hand(): void {
    for (const result of this.#results.values()) result.hand();
  }
}

function ours(observables: readonly Observable[]): ReadonlySet<ObservedInstrument> {
  return new Set(observables.filter((observable) => observable instanceof ObservedInstrument));
}

function isPromise(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function';
}

import { ValueType, diag } from '@opentelemetry/api';
import type { Attributes, HrTime, MetricOptions, Observable, ObservableCallback } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, InstrumentType } from '@opentelemetry/sdk-metrics';
import type { DataPoint, MetricData } from '@opentelemetry/sdk-metrics';

export type ObservableType =
  InstrumentType.OBSERVABLE_COUNTER | InstrumentType.OBSERVABLE_GAUGE | InstrumentType.OBSERVABLE_UP_DOWN_COUNTER;

/** What the SDK's own descriptors hold; their published type leaves the instrument's type out. */
export interface ObservableDescriptor {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly type: ObservableType;
  readonly valueType: ValueType;
  readonly advice: NonNullable<MetricOptions['advice']>;
}

/** What the SDK itself puts in the place of attribute sets above the limit (metrics SDK specification, "Overflow attribute"). */
export const overflow: Attributes = { 'otel.metric.overflow': true };

/** One attribute set of an instrument. */
interface AttributeSet {
  /** The first object that stood for it; later ones give way to it, so that who comes after knows it again. */
  readonly attributes: Attributes;
  /** The collection that last had it, and its place there. */
  seenIn: number;
  index: number;
  /** How many attributes objects have been remembered for it. */
  objects: number;
  dropped: boolean;
}

/** A caller that comes with a new object each time would fill the map of objects for nothing, which is dear to collect. */
const mostObjects = 4;
const sweepEvery = 60;

/** An observable instrument and what its callbacks say in one collection: values by attribute set, of which the last one said counts. */
export class ObservedInstrument implements Observable {
  readonly descriptor: ObservableDescriptor;
  readonly callbacks = new Set<ObservableCallback>();
  readonly #limit: number;
  readonly #byObject = new WeakMap<Attributes, AttributeSet>();
  readonly #byText = new Map<string, AttributeSet>();
  #collection = 0;
  #sets: AttributeSet[] = [];
  #values: number[] = [];
  #notFinite = false;

  /** `cardinalityLimit`: attribute sets in one collection; what comes above goes to one overflow set. */
  constructor(descriptor: ObservableDescriptor, cardinalityLimit: number) {
    this.descriptor = descriptor;
    this.#limit = cardinalityLimit;
  }

  addCallback(callback: ObservableCallback): void {
    this.callbacks.add(callback);
  }

  removeCallback(callback: ObservableCallback): void {
    this.callbacks.delete(callback);
  }

  /** A value as it may be told: whole where the instrument's are; undefined when it is no number. */
  accepted(value: number): number | undefined {
    if (typeof value !== 'number') {
      diag.warn(`non-number value provided to metric ${this.descriptor.name}: ${String(value)}`);
      return undefined;
    }
    if (this.descriptor.valueType !== ValueType.INT || Number.isInteger(value)) return value;
    diag.warn(
      `INT value type cannot accept a floating-point value for ${this.descriptor.name}, ignoring the fractional digits.`,
    );
    const whole = Math.trunc(value);
    return Number.isInteger(whole) ? whole : undefined;
  }

  /** The object that stands for an attribute set, which is always the same one while the set is in use. */
  attributesOf(attributes: Attributes): Attributes {
    return this.#setOf(attributes).attributes;
  }

  /** Takes what was observed into the collection that is under way. */
  take(value: number, attributes: Attributes): void {
    // Not-a-number and infinities have no form in OTLP's JSON: one such point would spoil the whole request.
    if (!Number.isFinite(value)) {
      this.#notFinite = true;
      return;
    }
    const set = this.#setOf(attributes);
    if (set.seenIn === this.#collection) {
      this.#values[set.index] = value;
    } else if (this.#sets.length < this.#limit - 1 || attributes === overflow) {
      set.seenIn = this.#collection;
      set.index = this.#sets.length;
      this.#sets.push(set);
      this.#values.push(value);
    } else {
      this.take(value, overflow);
    }
  }

  /** Ends the collection and begins the next; undefined when nothing was observed. `onNotFinite` is told when such a value was left out. */
  finish(startTime: HrTime, endTime: HrTime, onNotFinite: () => void): MetricData | undefined {
    if (this.#notFinite) onNotFinite();
    this.#notFinite = false;
    const values = this.#values;
    const dataPoints = this.#sets.map(({ attributes }, i): DataPoint<number> => ({
      attributes,
      startTime,
      endTime,
      value: values[i] as number,
    }));
    this.#sets = [];
    this.#values = [];
    if (++this.#collection % sweepEvery === 0) this.#sweep();
    if (dataPoints.length === 0) return undefined;
    const { descriptor } = this;
    const aggregationTemporality = AggregationTemporality.CUMULATIVE;
    if (descriptor.type === InstrumentType.OBSERVABLE_GAUGE)
      return { descriptor, aggregationTemporality, dataPointType: DataPointType.GAUGE, dataPoints };
    const isMonotonic = descriptor.type === InstrumentType.OBSERVABLE_COUNTER;
    return { descriptor, aggregationTemporality, dataPointType: DataPointType.SUM, isMonotonic, dataPoints };
  }

  #setOf(attributes: Attributes): AttributeSet {
    const known = this.#byObject.get(attributes);
    if (known !== undefined && !known.dropped) return known;
    const text = textOf(attributes);
    let set = this.#byText.get(text);
    if (set === undefined) {
      set = { attributes, seenIn: -1, index: 0, objects: 0, dropped: false };
      this.#byText.set(text, set);
    }
    if (set.objects < mostObjects) {
      set.objects++;
      this.#byObject.set(attributes, set);
    }
    return set;
  }

  #sweep(): void {
    for (const [text, set] of this.#byText) {
      if (set.seenIn >= this.#collection - sweepEvery) continue;
      set.dropped = true;
      this.#byText.delete(text);
    }
  }
}

/** The same for all orders of the attributes. */
function textOf(attributes: Attributes): string {
  const names = Object.keys(attributes);
  if (names.length === 0) return '';
  return JSON.stringify(names.sort().map((name) => [name, attributes[name]]));
}

import type { Attributes, BatchObservableResult, Histogram, Meter, Observable } from '@opentelemetry/api';
import type { Clock } from '@tapewatch/model';
import type { ErrorType } from './error-type.js';
import { ExchangeSeries, TickerSeries } from './exchange-series.js';
import type { ExchangeOptions } from './exchange-options.js';
import type { ExchangeRecord } from './exchange-record.js';
import { instrumentTable } from './instrument-table.js';
import type { InstrumentName } from './instrument-table.js';

/** Where one session's request times go. */
export interface RequestDurations {
  request(operation: string, errorType: ErrorType | undefined, durationMs: number): void;
  throttle(waitedMs: number): void;
}

/** Is told of what an instrument will have for an attribute set at the next collection, as soon as that is known. */
export type Arrived = (instrument: Observable, value: number, attributes: Attributes) => void;

const boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The instruments of this room: request times as they happen, everything else in one pass per collection. */
export class ExchangeMetrics {
  readonly #meter: Meter;
  readonly #clock: Clock;
  readonly #requestDuration: Histogram;
  readonly #throttleDuration: Histogram;
  readonly #observables: ReadonlyMap<InstrumentName, Observable>;
  readonly #observed: (nowMs: number) => void;
  #series: readonly ExchangeSeries[] = [];
  #tickers: ReadonlyMap<ExchangeRecord, TickerSeries> = new Map();

  /** `observed` is called whenever a collection has read everything, with the monotonic time it read it at. */
  constructor(meter: Meter, clock: Clock, observed: (nowMs: number) => void = () => undefined) {
    this.#observed = observed;
    this.#meter = meter;
    this.#clock = clock;
    const advice = { explicitBucketBoundaries: boundaries };
    this.#requestDuration = meter.createHistogram('exchange.request.duration', {
      unit: 's',
      description: 'Time on the wire of requests to the exchange, from sending to the whole answer.',
      advice,
    });
    this.#throttleDuration = meter.createHistogram('exchange.throttle.duration', {
      unit: 's',
      description: "Time that requests waited for the client's own rate limiter.",
      advice,
    });
    this.#observables = createObservables(meter);
  }

  durationsOf(options: ExchangeOptions): RequestDurations {
    const base = { exchange: options.id, venue: options.venue };
    const known = new Map<string, Attributes>();
    return {
      request: (operation, errorType, durationMs) => {
        const key = `${operation} ${errorType ?? ''}`;
        let attributes = known.get(key);
        if (attributes === undefined) {
          attributes = { ...base, operation, ...(errorType === undefined ? {} : { 'error.type': errorType }) };
          known.set(key, attributes);
        }
        this.#requestDuration.record(durationMs / 1000, attributes);
      },
      throttle: (waitedMs) => this.#throttleDuration.record(waitedMs / 1000, base),
    };
  }

  /** From now on every collection reads these records. */
  start(records: readonly ExchangeRecord[]): void {
    this.#tickers = new Map(records.map((record) => [record, new TickerSeries(record)]));
    this.#series = [...this.#tickers].map(([record, tickers]) => new ExchangeSeries(record, tickers));
    this.#meter.addBatchObservableCallback(this.#observe, [...this.#observables.values()]);
  }

  /** A message has brought a valid ticker: tells what the next collection would say of it, if nothing else came. */
  arrived(record: ExchangeRecord, symbol: string, arrived: Arrived): void {
    this.#tickers.get(record)?.observeSymbol(
      symbol,
      (name, value, attributes) => {
        const instrument = this.#observables.get(name);
        if (instrument !== undefined) arrived(instrument, value, attributes);
      },
      this.#clock.monotonic(),
    );
  }

  /** Every series ends. */
  stop(): void {
    this.#meter.removeBatchObservableCallback(this.#observe, [...this.#observables.values()]);
  }

  readonly #observe = (result: BatchObservableResult): void => {
    const nowMs = this.#clock.monotonic();
    const observe = (name: InstrumentName, value: number, attributes: Attributes): void => {
      const instrument = this.#observables.get(name);
      if (instrument !== undefined) result.observe(instrument, value, attributes);
    };
    for (const series of this.#series) series.observe(observe, nowMs);
    this.#observed(nowMs);
  };
}

function createObservables(meter: Meter): ReadonlyMap<InstrumentName, Observable> {
  return new Map(
    instrumentTable.map(({ name, type, unit, description }) => [
      name,
      type === 'counter'
        ? meter.createObservableCounter(name, { unit, description })
        : meter.createObservableGauge(name, { unit, description }),
    ]),
  );
}

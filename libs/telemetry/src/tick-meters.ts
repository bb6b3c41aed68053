import type { Attributes } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics';
import { LimitedMeterProvider } from './limited-meter-provider.js';
import { Observables } from './observables/observables.js';
import type { ObservablesOptions } from './observables/observables.js';
import { TickReader } from './tick-reader.js';

export interface TickMetersOptions extends ObservablesOptions {
  /** Whose the meters are. */
  readonly resource: Attributes;
  /** When the sums began, milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Meters, and the reader that collects them all. */
export interface TickMeters {
  readonly provider: LimitedMeterProvider;
  readonly reader: TickReader;
  shutdown(): Promise<void>;
}

export function createTickMeters({ resource, startedAt, ...options }: TickMetersOptions): TickMeters {
  const { cardinalityLimit, onNotFinite } = options;
  const observables = new Observables(options);
  const reader = new TickReader({ cardinalityLimit, startedAt, observables, onNotFinite });
  const sdk = new SdkMeterProvider({ resource: resourceFromAttributes(resource), readers: [reader] });
  return {
    provider: new LimitedMeterProvider(sdk, observables, cardinalityLimit),
    reader,
    shutdown: () => sdk.shutdown(),
  };
}

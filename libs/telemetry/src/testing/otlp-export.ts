import type { Collection } from '../collection.js';
import type { DestinationOptions } from '../otlp/destination-options.js';
import { createTickMeters } from '../tick-meters.js';

/** One counter with two points, as of a tick. */
export async function collection(at = 5000): Promise<Collection> {
  const { provider, reader } = createTickMeters({
    cardinalityLimit: 100,
    startedAt: 0,
    callbackTimeoutMs: 1000,
    onNotFinite: () => undefined,
    resource: { 'service.name': 'tapewatch' },
  });
  const counter = provider.getMeter('test').createCounter('requests', { unit: '{request}' });
  counter.add(1, { route: 'a' });
  counter.add(2, { route: 'b' });
  return (await reader.read(at)).collection;
}

/** A destination that takes JSON. */
export function target(url: string, more: Partial<DestinationOptions> = {}): DestinationOptions {
  return {
    name: 'backend',
    url,
    protocol: 'http/json',
    headers: {},
    compression: 'gzip',
    timeoutMs: 5000,
    everyTicks: 1,
    ...more,
  };
}

import { createNoopMeter } from '@opentelemetry/api';
import type { Logger } from '@tapewatch/model';
import { systemClock } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import type { PluginContext, QuerySample } from '../context.js';

/** A context for tests: real fetch and clock, a recording logger, a meter that forgets, answers to queries as given. @public */
export function testContext(
  options: {
    readonly signal?: AbortSignal;
    readonly logger?: Logger;
    readonly query?: (promql: string) => readonly QuerySample[];
  } = {},
): PluginContext {
  const signal = options.signal ?? new AbortController().signal;
  return {
    name: 'test',
    logger: options.logger ?? new RecordingLogger(),
    meter: createNoopMeter(),
    clock: systemClock,
    signal,
    fetch: (input, init) => fetch(input, { ...init, signal }),
    query: (promql) => Promise.resolve(options.query?.(promql) ?? []),
  };
}

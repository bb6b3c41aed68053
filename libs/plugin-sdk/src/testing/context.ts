import { createNoopMeter } from '@opentelemetry/api';
import type { Logger } from '@tapewatch/model';
import { systemClock } from '@tapewatch/model';
import { RecordingLogger } from '@tapewatch/model/testing';
import type { PluginContext, QuerySample } from '../context.js';

/** A context for tests: real clock, fetch with the program's limit on replies, a recording logger, a meter that forgets, answers to queries as given. @public */
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
    fetch: async (input, init) => bounded(await fetch(input, { ...init, signal })),
    query: (promql) => Promise.resolve(options.query?.(promql) ?? []),
  };
}

/** As the program does: a reply that grows past 1 MiB fails. */
function bounded(response: Response): Response {
  if (response.body === null) return response;
  let seen = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > 2 ** 20) controller.error(new Error('the reply is larger than 1 MiB'));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(limit), { status, statusText, headers });
}

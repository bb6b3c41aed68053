import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Attributes, Meter } from '@opentelemetry/api';
import type { Clock } from '@tapewatch/model';
import { pathOf, routeOf } from '../access/routes.js';

const knownMethods = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE']);
const failed = new WeakSet<IncomingMessage>();

/** Counts a request among the failed ones although its status is below 500: GraphQL answers its own failures with 200. */
export function markFailed(request: IncomingMessage): void {
  failed.add(request);
}

/**
 * `http.server.request.duration` and `http.server.active_requests` as the semantic conventions (HTTP, stable) have them.
 * `error.type` is the status from 500 on, `INTERNAL` for an unexpected failure inside a GraphQL answer, and else absent.
 */
export function createRequestMetrics(meter: Meter, clock: Clock) {
  const duration = meter.createHistogram('http.server.request.duration', {
    description: 'Duration of HTTP server requests.',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
  });
  const active = meter.createUpDownCounter('http.server.active_requests', {
    description: 'Number of active HTTP server requests.',
    unit: '{request}',
  });

  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const method = request.method ?? '';
    const common: Attributes = {
      'http.request.method': knownMethods.has(method) ? method : '_OTHER',
      'url.scheme': 'http',
    };
    const route = routeOf(pathOf(request.url), request.method)?.name;
    const startedMs = clock.monotonic();
    active.add(1, common);
    response.once('close', () => {
      active.add(-1, common);
      const errorType =
        response.statusCode >= 500 ? String(response.statusCode) : failed.has(request) ? 'INTERNAL' : undefined;
      duration.record((clock.monotonic() - startedMs) / 1000, {
        ...common,
        'http.response.status_code': response.statusCode,
        ...(route === undefined ? {} : { 'http.route': route }),
        ...(errorType === undefined ? {} : { 'error.type': errorType }),
      });
    });
    next();
  };
}

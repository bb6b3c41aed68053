import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import { pathOf } from '../access/routes.js';
import { sendJson } from './reply.js';

/**
 * Answers for what fails ahead of the controllers: bodies that are too large, no JSON, in a charset nobody knows, above all.
 * Express knows it by its four parameters.
 */
export function createBodyErrors(logger: Logger) {
  return (error: unknown, request: IncomingMessage, response: ServerResponse, next: (error: unknown) => void): void => {
    if (response.headersSent) return next(error);
    const status = statusOf(error);
    if (status === 500) logger.error({ err: error }, 'A request failed before it came to a controller');
    const code = status === 500 ? 'INTERNAL' : 'INVALID_INPUT';
    const message =
      status === 413
        ? 'The body is larger than 256 KiB'
        : status === 500
          ? 'Unexpected failure; the log has the details'
          : messageOf(error);
    const isGraphQL = pathOf(request.url) === '/graphql';
    const graphQLCode = status === 500 ? code : 'BAD_REQUEST';
    sendJson(
      response,
      status,
      isGraphQL ? { errors: [{ message, extensions: { code: graphQLCode } }] } : { code, message },
    );
  };
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

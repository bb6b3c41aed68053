import { randomUUID } from 'node:crypto';
import type { Logger } from '@tapewatch/model';
import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';

/** Whether whoever asked may see an error: it was meant for them, and is none of a resolver's own failures. */
export function isExpected(error: GraphQLError): boolean {
  if (error.originalError !== undefined && !(error.originalError instanceof GraphQLError)) return false;
  const { code } = error.extensions;
  // Without a code it is graphql-js' own: before execution a fault of the request, inside a field a fault of ours.
  return code === undefined ? error.path === undefined : code !== 'INTERNAL_SERVER_ERROR';
}

/** An unexpected failure as it is shown: nothing of it but an id, under which the log has the details. */
export function maskError(error: GraphQLError, logger: Logger): GraphQLFormattedError {
  const id = randomUUID();
  const field = error.path?.join('.');
  logger.error({ err: error.originalError ?? error, id, field }, 'A GraphQL field failed unexpectedly');
  return {
    message: `Unexpected failure; the log has the details under ${id}`,
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions: { code: 'INTERNAL', id },
  };
}

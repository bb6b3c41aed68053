import type { IncomingMessage } from 'node:http';
import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { ApolloDriver } from '@nestjs/apollo';
import type { Logger } from '@tapewatch/model';
import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';
import type { AccessParts } from '../access/create-access.js';
import { principalOf } from '../access/gate.js';
import { guardSchema } from '../access/guard-schema.js';
import { markFailed } from '../http/request-metrics.js';
import { isExpected, maskError } from './mask-error.js';
import { queryLimits, queryLimitsRule } from './query-limits.js';
import type { RequestContext } from './request-context.js';

/** GraphQL over HTTP. Subscriptions have a socket of their own, which is not Apollo's. */
export function graphQLOptions(
  logger: Logger,
  { origins, trail }: Pick<AccessParts, 'origins' | 'trail'>,
): ApolloDriverConfig {
  return {
    driver: ApolloDriver,
    path: '/graphql',
    autoSchemaFile: true,
    sortSchema: true,
    transformSchema: (schema) => guardSchema(schema, trail),
    // GraphiQL is served from its package, ahead of Apollo.
    graphiql: false,
    playground: false,
    // Only those who are signed in come as far as Apollo.
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    autoTransformHttpErrors: false,
    parseOptions: { maxTokens: queryLimits.tokens },
    validationRules: [queryLimitsRule],
    plugins: [ApolloServerPluginUsageReportingDisabled(), failureMarks()],
    formatError: (formatted, error) => formatError(formatted, error, logger),
    context: ({ req }: { req: IncomingMessage }) => ({
      principal: principalOf(req),
      address: origins.addressOf(req),
      request: req,
    }),
  };
}

function formatError(formatted: GraphQLFormattedError, error: unknown, logger: Logger): GraphQLFormattedError {
  if (!(error instanceof GraphQLError))
    return maskError(new GraphQLError('', { originalError: asError(error) }), logger);
  return isExpected(error) ? formatted : maskError(error, logger);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function failureMarks(): ApolloServerPlugin<RequestContext> {
  const listener = {
    didEncounterErrors({ errors, contextValue }: { errors: readonly GraphQLError[]; contextValue: RequestContext }) {
      if (contextValue.request !== undefined && !errors.every(isExpected)) markFailed(contextValue.request);
      return Promise.resolve();
    },
  };
  return { requestDidStart: () => Promise.resolve(listener) };
}

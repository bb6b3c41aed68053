import type { IncomingMessage } from 'node:http';
import type { Clock, Logger, Timer } from '@tapewatch/model';
import type { DocumentNode, ExecutionArgs, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { GraphQLError, parse, specifiedRules, validate } from 'graphql';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import type { AccessParts } from '../access/create-access.js';
import type { Credentials } from '../access/credentials.js';
import type { Principal } from '../access/role.js';
import { isExpected, maskError } from '../graphql/mask-error.js';
import { queryLimits, queryLimitsRule } from '../graphql/query-limits.js';
import type { RequestContext } from '../graphql/request-context.js';
import { Slots } from './slots.js';
import { atWallTime } from './wall-timer.js';

const initTimeoutMs = 3000;
const mostSubscriptions = 50;
/** Each is evaluated again with every tick. */
const mostMetricFeeds = 10;
const unauthorized = 4401;
const forbidden = 4403;
const accessOver = 'The token or session is over';

/** What is known about one socket. */
export interface SocketExtra {
  readonly request: IncomingMessage;
  readonly close: (code: number, reason: string) => void;
  principal?: Principal;
  /** Closes the socket when the token or session that opened it is over. */
  accessEnd?: Timer;
  metricFeeds?: Slots;
}

interface SocketProtocolOptions {
  readonly schema: GraphQLSchema;
  readonly access: Pick<AccessParts, 'attempts' | 'credentials' | 'origins'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

type SocketContext = Context<Record<string, unknown>, SocketExtra>;

/** graphql-ws' options: who may connect, what an operation may ask for, and what is shown of failures. */
export function socketProtocol(options: SocketProtocolOptions): ServerOptions<Record<string, unknown>, SocketExtra> {
  const { access, schema, clock, logger } = options;
  const show = (error: GraphQLError): GraphQLFormattedError =>
    isExpected(error) ? error.toJSON() : maskError(error, logger);
  return {
    connectionInitWaitTimeout: initTimeoutMs,
    onConnect: (context) => connect(context, access, clock),
    onClose: (context) => context.extra.accessEnd?.cancel(),
    onSubscribe: (context, _id, payload) => {
      const { principal, request } = context.extra;
      if (principal === undefined || !checkPrincipal(context.extra, access.credentials)) {
        return [new GraphQLError(accessOver, { extensions: { code: 'UNAUTHENTICATED' } })];
      }
      if (Object.keys(context.subscriptions).length > mostSubscriptions) {
        const message = `At most ${mostSubscriptions} operations run on one socket`;
        return [new GraphQLError(message, { extensions: { code: 'UNAVAILABLE' } })];
      }
      const metricFeeds = (context.extra.metricFeeds ??= new Slots(mostMetricFeeds));
      return executionOf(schema, payload, { principal, metricFeeds, address: access.origins.addressOf(request) });
    },
    onNext: (_context, _id, _payload, _args, { data, errors }) =>
      errors === undefined ? undefined : { ...(data === undefined ? {} : { data }), errors: errors.map(show) },
    onError: (_context, _id, _payload, errors) => errors.map((error) => show(atRoot(error))),
  };
}

/** Closes the socket of whoever would not be let in any more; false then. */
export function checkPrincipal({ principal, close }: SocketExtra, credentials: Credentials): boolean {
  if (principal === undefined || credentials.isCurrent(principal)) return true;
  close(forbidden, accessOver);
  return false;
}

function connect(
  context: SocketContext,
  { attempts, credentials, origins }: SocketProtocolOptions['access'],
  clock: Clock,
): boolean {
  const { extra, connectionParams } = context;
  const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  // Whatever is no text is no token: it is refused as a wrong one, not passed over.
  const authorization =
    given === undefined ? extra.request.headers.authorization : typeof given === 'string' ? given : '';
  const identity = credentials.identify(authorization, extra.request.headers.cookie);
  if (typeof identity !== 'string') {
    extra.principal = identity;
    if (identity.expiresAt !== undefined)
      extra.accessEnd = atWallTime(clock, identity.expiresAt, () => extra.close(forbidden, accessOver));
    return true;
  }
  if (identity === 'missing') extra.close(unauthorized, 'Unauthorized');
  else {
    attempts.failed(origins.addressOf(extra.request));
    extra.close(forbidden, 'Forbidden');
  }
  return false;
}

function executionOf(
  schema: GraphQLSchema,
  payload: SubscribePayload,
  contextValue: RequestContext,
): ExecutionArgs | readonly GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(payload.query, { maxTokens: queryLimits.tokens });
  } catch (error) {
    if (error instanceof GraphQLError) return [withCode(error, 'GRAPHQL_PARSE_FAILED')];
    throw error;
  }
  const faults = validate(schema, document, [...specifiedRules, queryLimitsRule]);
  if (faults.length > 0) return faults.map((fault) => withCode(fault, 'GRAPHQL_VALIDATION_FAILED'));
  return {
    schema,
    document,
    contextValue,
    ...(payload.operationName == null ? {} : { operationName: payload.operationName }),
    ...(payload.variables == null ? {} : { variableValues: payload.variables }),
  };
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code, ...error.extensions },
  });
}

/** graphql-ws wraps what a feed throws; an error that was meant for the client is the one inside. */
function atRoot(error: GraphQLError): GraphQLError {
  return error.originalError instanceof GraphQLError ? error.originalError : error;
}

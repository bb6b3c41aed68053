import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson, sendPage } from '../http/reply.js';
import { signInNeededPage } from '../http/sign-in-page.js';
import { wantsPage } from '../http/wants-page.js';
import type { AttemptLimit } from './attempt-limit.js';
import type { AuditTrail } from './audit-trail.js';
import type { Credentials, Identity } from './credentials.js';
import type { RequestOrigin } from './request-origin.js';
import type { Principal } from './role.js';
import { allows, roleText } from './role.js';
import type { Route } from './routes.js';
import { methodsOf, pathOf, routeOf } from './routes.js';

const principals = new WeakMap<IncomingMessage, Principal>();
const readMethods = new Set(['GET', 'HEAD']);
/** Asked by programs that stand beside the server, not behind the proxy. */
const probes = new Set(['/healthz', '/readyz']);

/** Who sent a request that the gate let through to a route that is not open. */
export function principalOf(request: IncomingMessage): Principal | undefined {
  return principals.get(request);
}

export interface GateOptions {
  readonly credentials: Credentials;
  readonly origins: RequestOrigin;
  readonly trail: AuditTrail;
  /** Of tokens in requests; a right one is served whatever wrong ones came from the same address. */
  readonly attempts: AttemptLimit;
}

/** Lets a request on to Nest only when its path is known, its method fits, and whoever sent it may. */
export function createGate(options: GateOptions) {
  const { credentials, origins } = options;
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const path = pathOf(request.url);
    const route = routeOf(path, request.method);
    if (!origins.mayComeIn(request) && !probes.has(path))
      return refuse(response, path, 403, 'NOT_ALLOWED', 'This server is reached through its proxy only');
    if (isForged(request, origins))
      return refuse(response, path, 403, 'NOT_ALLOWED', 'A page of another site sent this; it was not carried out');
    if (route?.access !== 'open') {
      const identity = credentials.identifyRequest(request);
      if (typeof identity === 'string') return refuseStranger(request, response, path, identity, options);
      if (route !== undefined && !allows(identity.role, route.access))
        return refuse(response, path, 403, 'NOT_ALLOWED', `This needs the role ${roleText(route.access)}`);
      principals.set(request, identity);
    }
    if (route === undefined) return refuse(response, path, 404, 'NOT_FOUND', 'Nothing is served at this path');
    if (!route.methods.includes(request.method ?? '')) {
      const methods = methodsOf(path).join(', ');
      response.setHeader('Allow', methods);
      return refuse(response, path, 405, 'INVALID_INPUT', `${route.name} answers ${methods}`);
    }
    writeDown(request, response, route, options);
    next();
  };
}

/** Browsers send cookies, and passwords they know, along whoever made them ask; a bearer token has to be put there on purpose. */
function isForged(request: IncomingMessage, origins: RequestOrigin): boolean {
  const { authorization } = request.headers;
  const onPurpose = authorization !== undefined && !/^Basic\b/i.test(authorization);
  if (readMethods.has(request.method ?? '') || onPurpose) return false;
  return origins.isCrossSite(request);
}

/** A change over HTTP, and whatever else a route wants written down, stands in the audit log once it was answered, without its controller having to remember that. */
function writeDown(
  request: IncomingMessage,
  response: ServerResponse,
  route: Route,
  { origins, trail }: GateOptions,
): void {
  const { method = '' } = request;
  const principal = principals.get(request);
  const isWrittenDown = route.audited === true || (!readMethods.has(method) && route.writes === undefined);
  if (!isWrittenDown || principal === undefined) return;
  const address = origins.addressOf(request);
  const target = pathOf(request.url);
  response.once('finish', () =>
    trail.answered({ what: `${method} ${route.name}`, args: { id: target }, principal, address }, response.statusCode),
  );
}

function refuseStranger(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  identity: Extract<Identity, string>,
  { attempts, origins }: GateOptions,
): void {
  if (identity === 'wrong') {
    const address = origins.addressOf(request);
    const waitMs = attempts.waitMs(address);
    if (waitMs > 0) {
      response.setHeader('Retry-After', Math.ceil(waitMs / 1000));
      return refuse(response, path, 429, 'UNAUTHENTICATED', 'Too many tokens from this address were wrong');
    }
    attempts.failed(address);
  }
  response.setHeader('WWW-Authenticate', 'Bearer realm="tapewatch"');
  if (wantsPage(request)) return sendPage(response, 401, signInNeededPage());
  const message =
    identity === 'missing'
      ? 'No token or session came with the request; send the header "Authorization: Bearer TOKEN"'
      : 'The token is not valid';
  refuse(response, path, 401, 'UNAUTHENTICATED', message);
}

function refuse(response: ServerResponse, path: string, status: number, code: string, message: string): void {
  const body = path === '/graphql' ? { errors: [{ message, extensions: { code } }] } : { code, message };
  sendJson(response, status, body);
}

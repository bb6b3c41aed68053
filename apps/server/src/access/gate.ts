import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson, sendPage } from '../http/reply.js';
import { signInNeededPage } from '../http/sign-in-page.js';
import { wantsPage } from '../http/wants-page.js';
import type { Credentials } from './credentials.js';
import type { Principal } from './role.js';
import { allows } from './role.js';
import { pathOf, routeOf } from './routes.js';

const principals = new WeakMap<IncomingMessage, Principal>();

/** Who sent a request that the gate let through to a route that is not open. */
export function principalOf(request: IncomingMessage): Principal | undefined {
  return principals.get(request);
}

/** Lets a request on to Nest only when its path is known, its method fits, and whoever sent it may. */
export function createGate(credentials: Credentials) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const path = pathOf(request.url);
    const route = routeOf(path);
    if (route?.access !== 'open') {
      const identity = credentials.identifyRequest(request);
      if (typeof identity === 'string') return refuseStranger(request, response, path, identity);
      if (route !== undefined && !allows(identity.role, route.access))
        return refuse(response, path, 403, 'NOT_ALLOWED', `This needs the role ${route.access}`);
      principals.set(request, identity);
    }
    if (route === undefined) return refuse(response, path, 404, 'NOT_FOUND', 'Nothing is served at this path');
    if (!route.methods.includes(request.method ?? '')) {
      response.setHeader('Allow', route.methods.join(', '));
      return refuse(response, path, 405, 'INVALID_INPUT', `${route.name} answers ${route.methods.join(', ')}`);
    }
    next();
  };
}

function refuseStranger(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  identity: 'missing' | 'wrong',
): void {
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

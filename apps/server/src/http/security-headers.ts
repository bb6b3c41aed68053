import type { IncomingMessage, ServerResponse } from 'node:http';
import { pageStyleHash } from './page.js';

/** Our own pages run no script at all; GraphiQL's page sets a policy of its own. */
const policy = [
  "default-src 'none'",
  `style-src ${pageStyleHash}`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function createSecurityHeaders(isSecure: (request: IncomingMessage) => boolean) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('X-Frame-Options', 'DENY');
    // With no-referrer a browser would not say, either, that a form of ours was sent by a page of ours.
    response.setHeader('Referrer-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cache-Control', 'no-store');
    if (isSecure(request)) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
    next();
  };
}

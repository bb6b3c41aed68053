import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gunzip } from 'node:zlib';
import { pathOf } from '../access/routes.js';
import { wantsPage } from './wants-page.js';

interface GraphiQLPage {
  /** Compressed: the page is 9 MB of text. */
  readonly gzipped: Uint8Array;
  /** Of the page's one script, as a Content-Security-Policy names it. */
  readonly scriptHash: string;
}

/** Serves GraphiQL where a browser opens /graphql; everything it needs is in the page. */
export function createGraphiQL() {
  let rendered: Promise<GraphiQLPage> | undefined;
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    // With a query in the URL too: the page keeps its own there, so that it can be shared.
    if (pathOf(request.url) !== '/graphql' || !wantsPage(request)) return next();
    // Made when somebody looks at it first: most servers never need it.
    rendered ??= render();
    rendered
      .then((page) => send(request, response, page))
      .catch((error: unknown) => {
        rendered = undefined;
        next(error);
      });
  };
}

function render(): Promise<GraphiQLPage> {
  // Tests run the sources, which Node reads as they are.
  const worker = new Worker(new URL(`./graphiql-worker${extname(import.meta.url)}`, import.meta.url), { execArgv: [] });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('GraphiQL could not be rendered')));
  });
}

async function send(request: IncomingMessage, response: ServerResponse, page: GraphiQLPage): Promise<void> {
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = takesGzip ? page.gzipped : await promisify(gunzip)(page.gzipped);
  response.setHeader('Content-Security-Policy', policyFor(page.scriptHash));
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Vary', 'Accept, Accept-Encoding');
  if (takesGzip) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

function policyFor(scriptHash: string): string {
  return [
    "default-src 'none'",
    `script-src ${scriptHash}`,
    // The editor writes style elements and starts its workers from blobs.
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    "connect-src 'self'",
    'font-src data:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

import type { IncomingMessage } from 'node:http';

/** Whether a browser asks for something to look at; programs ask for JSON or for anything. */
export function wantsPage(request: IncomingMessage): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead && (request.headers.accept ?? '').includes('text/html');
}

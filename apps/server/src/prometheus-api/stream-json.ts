import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

const bytesAtOnce = 64 * 1024;

/** Sends JSON that comes in pieces: at the client's pace, and with a turn of the event loop between stretches for everybody else. */
export async function streamJson(response: ServerResponse, pieces: Iterable<string>): Promise<void> {
  response.statusCode = 200;
  response.setHeader('Content-Type', 'application/json');
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < bytesAtOnce) continue;
    if (response.destroyed) return;
    if (!response.write(text)) await drained(response);
    else await new Promise<void>((resolve) => setImmediate(resolve));
    text = '';
  }
  response.end(text);
}

/** Resolves when there is room again, or nobody left to send to. */
async function drained(response: ServerResponse): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  done.abort();
}

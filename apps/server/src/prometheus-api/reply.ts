import type { ServerResponse } from 'node:http';
import { sendJson } from '../http/reply.js';
import { ApiError } from './api-error.js';
import { streamJson } from './stream-json.js';

export interface Success {
  readonly data: unknown;
  readonly warnings?: readonly string[];
}

/** Sends what `work` finds in Prometheus' envelope; what it refuses by an ApiError goes out under its status. */
export async function reply(response: ServerResponse, work: () => Promise<Success> | Success): Promise<void> {
  await refusing(response, async () => {
    const { data, warnings } = await work();
    sendJson(response, 200, { status: 'success', data, ...(warnings === undefined ? {} : { warnings }) });
  });
}

/** The same for an answer that comes in pieces, its envelope included. */
export async function replyStreaming(response: ServerResponse, work: () => Promise<Iterable<string>>): Promise<void> {
  await refusing(response, async () => streamJson(response, await work()));
}

async function refusing(response: ServerResponse, send: () => Promise<void>): Promise<void> {
  try {
    await send();
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || response.headersSent) throw thrown;
    sendJson(response, thrown.status, { status: 'error', errorType: thrown.type, error: thrown.message });
  }
}

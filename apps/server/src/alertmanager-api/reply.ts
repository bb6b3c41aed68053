import type { ServerResponse } from 'node:http';
import type { CommandResult, Refusal } from '@tapewatch/model';
import { sendJson } from '../http/reply.js';
import { BadRequest } from './bad-request.js';

/** Sends what `work` finds as it is: this API has no envelope. What cannot be understood goes out as a JSON string under 400. */
export async function reply(response: ServerResponse, work: () => unknown): Promise<void> {
  response.setHeader('Cache-Control', 'no-store');
  try {
    sendJson(response, 200, await work());
  } catch (thrown) {
    if (thrown instanceof BadRequest) return sendJson(response, 400, thrown.message);
    if (thrown instanceof RefusedError) return sendJson(response, thrown.status, thrown.message);
    throw thrown;
  }
}

const statusOf: Partial<Record<Refusal['code'], number>> = { NOT_FOUND: 404, UNAVAILABLE: 503 };

/** A command that was not carried out. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor({ code, message }: Refusal) {
    super(message);
    this.status = statusOf[code] ?? 400;
  }
}

/** Throws what `reply` answers for a silence that is not there. */
export function noSilence(id: string): never {
  throw new RefusedError({ code: 'NOT_FOUND', message: `silence ${id.slice(0, 100)} not found` });
}

/** The value, or a throw that `reply` turns into the API's answer. */
export function found<T>(result: CommandResult<T>): T {
  if (result.ok) return result.value;
  throw new RefusedError(result.refusal);
}

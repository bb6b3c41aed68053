import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault, Feed, RequestedFault } from './faults/fault.js';
import { requestedFaultSchema } from './faults/fault.js';
import { formatPath } from './faults/scenario.js';
import { isLoopback } from './loopback.js';

/** A fault as the control API tells it; times are milliseconds since the epoch. */
export type FaultReport = Fault & {
  readonly startedAt: number;
  /** null: until it is ended. */
  readonly endsAt: number | null;
};

/** What `GET /simulator/status` answers; times are milliseconds since the epoch. */
export interface SimulatorStatus {
  readonly now: number;
  readonly seed: number;
  /** Unified symbols, as in `BTC/USDT`. */
  readonly symbols: readonly string[];
  /** Open WebSockets. */
  readonly connections: number;
  /** WebSockets that were closed because their client did not read or answer. */
  readonly cutOff: number;
  /** When a frame of the feed last went out to anybody; null before the first. */
  readonly lastMessageAt: Readonly<Record<Feed, number | null>>;
  /** What is wrong at present. */
  readonly faults: readonly FaultReport[];
}

/** What the control API acts on. */
export interface Controlled {
  status(): SimulatorStatus;
  /** Undefined when there are too many faults already. */
  addFault(fault: RequestedFault): FaultReport | undefined;
  /** How many active faults were ended. */
  endFaults(): number;
}

const maxBodyBytes = 16_384;

/** `/simulator/*`: asks how the simulator is and makes faults. Only for programs on this machine, not for web pages. */
export class ControlApi {
  readonly #controlled: Controlled;

  constructor(controlled: Controlled) {
    this.#controlled = controlled;
  }

  respond(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const operation = `${request.method} ${url.pathname}`;
    // A page in the user's browser can make requests to this machine under a name of its own; it cannot forge this one.
    if (!isLoopback(hostNameOf(request))) {
      request.resume();
      return refuse(response, 403, 'the control API answers only to the name of this machine');
    }
    if (operation === 'POST /simulator/faults') return this.#add(request, response);
    request.resume();
    if (operation === 'GET /simulator/status') return send(response, 200, this.#controlled.status());
    if (operation === 'DELETE /simulator/faults') return send(response, 200, { ended: this.#controlled.endFaults() });
    const known = 'GET /simulator/status, POST /simulator/faults, DELETE /simulator/faults';
    refuse(response, 404, `unknown operation ${operation}; there are ${known}`);
  }

  #add(request: IncomingMessage, response: ServerResponse): void {
    // Demanding this type keeps plain forms of foreign pages out.
    if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
      request.resume();
      return refuse(response, 415, 'send the fault as content-type: application/json');
    }
    readBody(request, (body) => {
      if (body === undefined) return refuse(response, 413, `a fault has at most ${maxBodyBytes} bytes`);
      const content = parseJson(body);
      if (content === undefined) return refuse(response, 400, 'the body is not valid JSON');
      const checked = requestedFaultSchema.safeParse(content.value);
      if (!checked.success) {
        const problems = checked.error.issues.map(({ path, message }) => ({ path: formatPath(path), message }));
        return send(response, 400, { error: 'not a fault', problems });
      }
      const report = this.#controlled.addFault(checked.data);
      if (report === undefined)
        return refuse(response, 409, 'too many faults are active; DELETE /simulator/faults first');
      send(response, 201, report);
    });
  }
}

/** Hands over undefined when the body is too long. */
function readBody(request: IncomingMessage, done: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  });
  request.once('end', () => done(size > maxBodyBytes ? undefined : Buffer.concat(chunks).toString()));
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function hostNameOf(request: IncomingMessage): string {
  return URL.parse(`http://${request.headers.host ?? ''}`)?.hostname ?? '';
}

function refuse(response: ServerResponse, status: number, error: string): void {
  send(response, status, { error });
}

function send(response: ServerResponse, status: number, content: unknown): void {
  const body = JSON.stringify(content);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
}

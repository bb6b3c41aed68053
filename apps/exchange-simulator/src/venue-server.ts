import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from './clock.js';
import type { ControlApi } from './control-api.js';
import { latencyMs, refusesSockets, restFailure } from './faults/effects.js';
import type { Occurrence } from './faults/fault-schedule.js';
import type { StreamHub } from './stream-hub.js';
import type { RestReply, VenueDialect } from './venue-dialect.js';

/** TCP connections at once; more are closed on arrival. */
const maxTcpConnections = 512;
/** WebSockets at once; more are refused. */
const maxSockets = 300;
const maxMessageBytes = 65_536;
const idleTimeoutMs = 65_000;

export interface VenueServerParts {
  readonly dialect: VenueDialect;
  readonly control: ControlApi;
  readonly streams: StreamHub;
  readonly clock: Clock;
  readonly activeFaults: () => readonly Occurrence[];
  /** The present on the fault schedule's axis. */
  readonly scheduleNowMs: () => number;
}

/** HTTP and WebSocket on one port: the venue on every path, the control API below `/simulator/`. */
export class VenueServer {
  readonly #parts: VenueServerParts;
  readonly #server: Server;
  readonly #upgrader = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
  });

  constructor(parts: VenueServerParts) {
    this.#parts = parts;
    this.#server = createServer({ keepAliveTimeout: idleTimeoutMs }, (request, response) => {
      this.#respond(request, response);
    });
    this.#server.maxConnections = maxTcpConnections;
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Resolves with the port; rejects when the address cannot be listened on. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host.replace(/^\[(.*)\]$/, '$1'), () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Cuts every connection; resolves when the port is free. */
  close(): Promise<void> {
    this.#parts.streams.terminateAll();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    const url = urlOf(request);
    if (url === undefined) return void response.writeHead(400).end();
    if (url.pathname.startsWith('/simulator/')) return this.#parts.control.respond(request, response, url);
    // A body is never read by a public endpoint; it must still leave the wire before the next request can come in.
    request.resume();
    const delayMs = latencyMs(this.#parts.activeFaults());
    if (delayMs === 0) return write(response, this.#reply(request, url));
    const timer = this.#parts.clock.setTimeout(() => write(response, this.#reply(request, url)), delayMs);
    response.once('close', () => timer.cancel());
  }

  #reply(request: IncomingMessage, url: URL): RestReply {
    const { dialect, clock, activeFaults, scheduleNowMs } = this.#parts;
    const failure = restFailure(activeFaults(), scheduleNowMs());
    if (failure !== undefined) return dialect.failure(failure, clock.now());
    return dialect.rest({ method: request.method ?? '', path: url.pathname, query: url.searchParams }, clock.now());
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = urlOf(request);
    const { streams, activeFaults } = this.#parts;
    socket.on('error', () => socket.destroy());
    if (url === undefined || streams.size >= maxSockets || refusesSockets(activeFaults())) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#upgrader.handleUpgrade(request, socket, head, (upgraded) => streams.accept(upgraded, url));
  }
}

function urlOf(request: IncomingMessage): URL | undefined {
  const url = request.url ?? '/';
  // The base is only there to complete a path; a doubled slash must not turn the path into a host.
  return url.startsWith('/') ? (URL.parse(`http://venue.invalid${url}`) ?? undefined) : undefined;
}

function write(response: ServerResponse, { status, headers, body }: RestReply): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

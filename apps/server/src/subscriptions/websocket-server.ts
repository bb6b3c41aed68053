import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Logger, Timer } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import type { GraphQLSchema } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { AccessParts } from '../access/create-access.js';
import { pathOf } from '../access/routes.js';
import type { SocketExtra } from './socket-protocol.js';
import { checkPrincipal, socketProtocol } from './socket-protocol.js';

const maxFrameBytes = 64 * 1024;
const mostSocketsByDefault = 1000;
const pingEveryMs = 15_000;
/** How soon a token or session that is over without anybody having ended it is noticed at the latest. */
const checkEveryMs = 60_000;
const goingAway = 1001;
const internalError = 4500;

export interface WebSocketServerOptions {
  readonly httpServer: Server;
  readonly schema: GraphQLSchema;
  readonly access: Pick<AccessParts, 'attempts' | 'credentials' | 'origins'>;
  /** Calls back whenever a token or session was ended before its time; returns how to stop. */
  readonly onAccessEnd: (listener: () => void) => () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sockets open at once; further ones are refused with 503. 1,000 when absent. */
  readonly mostSockets?: number;
}

export interface SubscriptionSockets {
  /** Tells every client that the server goes away, and takes no new ones. Resolves once all have gone. */
  close(): Promise<void>;
  /** Cuts whoever has not gone. */
  terminate(): void;
}

/** GraphQL over WebSocket (`graphql-transport-ws`) on /graphql of an HTTP server. */
export function attachWebSockets(options: WebSocketServerOptions): SubscriptionSockets {
  const { access, clock, httpServer, logger, mostSockets = mostSocketsByDefault } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  const protocol = makeServer(socketProtocol(options));
  const open = new Set<SocketExtra>();

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', () => stream.destroy());
    if (pathOf(request.url) !== '/graphql') return refuseUpgrade(stream, '404 Not Found');
    if (!access.origins.mayComeIn(request)) return refuseUpgrade(stream, '403 Forbidden');
    // Browsers cannot be kept from sending cookies along, whatever page asks for the socket.
    if (access.origins.isCrossSite(request)) return refuseUpgrade(stream, '403 Forbidden');
    if (sockets.clients.size >= mostSockets) return refuseUpgrade(stream, '503 Service Unavailable');
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const extra = { request, close: (code: number, reason: string) => socket.close(code, reason) };
      open.add(extra);
      socket.once('close', () => open.delete(extra));
      serve(socket, extra, protocol, logger);
    });
  };
  httpServer.on('upgrade', onUpgrade);
  const stopPings = pingRegularly(clock, sockets.clients);
  const checkAll = (): void => {
    for (const extra of open) checkPrincipal(extra, access.credentials);
  };
  const stopChecks = regularly(clock, checkEveryMs, checkAll);
  const stopListening = options.onAccessEnd(checkAll);

  return {
    close: async () => {
      stopPings();
      stopChecks();
      stopListening();
      httpServer.off('upgrade', onUpgrade);
      httpServer.on('upgrade', (_request: IncomingMessage, stream: Duplex) =>
        refuseUpgrade(stream, '503 Service Unavailable'),
      );
      const gone = Array.from(sockets.clients, (socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of sockets.clients) socket.close(goingAway, 'Going away');
      await Promise.all(gone);
    },
    terminate: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

function refuseUpgrade(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function serve(
  socket: WebSocket,
  extra: SocketExtra,
  protocol: ReturnType<typeof makeServer<Record<string, unknown>, SocketExtra>>,
  logger: Logger,
): void {
  // A frame that is too large, or garbage: ws closes the socket itself, with the code for it.
  socket.on('error', (error) => logger.debug({ err: error }, 'A WebSocket client broke the protocol'));
  socket.on('pong', () => awaitingPong.delete(socket));
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => send(socket, data),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (accept) => {
        socket.on('message', (data: Buffer) => {
          accept(data.toString()).catch((error: unknown) => {
            logger.error({ err: error }, 'A WebSocket message could not be worked on');
            socket.close(internalError, 'Internal server error');
          });
        });
      },
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    Promise.resolve(closed(code, reason.toString())).catch((error: unknown) => {
      logger.warn({ message: messageOf(error) }, 'A subscription did not end cleanly');
    });
  });
}

/** Settles once the data has left for the client, so that a slow client slows its own feeds and nothing else. */
function send(socket: WebSocket, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    // A client that is gone in the middle of it is no failure: its feeds end with the socket.
    socket.send(data, (error) => (error && socket.readyState === socket.OPEN ? reject(error) : resolve()));
  });
}

const awaitingPong = new WeakSet<WebSocket>();

function pingRegularly(clock: Clock, clients: Iterable<WebSocket>): () => void {
  return regularly(clock, pingEveryMs, () => pingAll(clients));
}

/** Returns how to stop. */
function regularly(clock: Clock, everyMs: number, work: () => void): () => void {
  const again = (): void => {
    timer = clock.setTimeout(() => {
      work();
      again();
    }, everyMs);
  };
  let timer: Timer | undefined;
  again();
  return () => timer?.cancel();
}

/** Whoever has not answered the ping before is gone, though nobody said so. */
function pingAll(clients: Iterable<WebSocket>): void {
  for (const socket of clients) {
    if (awaitingPong.has(socket)) {
      socket.terminate();
      continue;
    }
    awaitingPong.add(socket);
    socket.ping();
  }
}

import type { WebSocket } from 'ws';
import type { Feed } from './faults/fault.js';
import type { Log } from './log.js';
import { messageOf } from './log.js';
import type { StreamSession, VenueDialect } from './venue-dialect.js';

interface Connection {
  readonly socket: WebSocket;
  readonly session: StreamSession;
  publications: number;
  unansweredPings: number;
}

/** Unsent bytes above which a client that does not read is cut off. */
const maxBufferedBytes = 1_048_576;
/** One publication is one second. */
const publicationsPerPing = 20;
const maxUnansweredPings = 3;

/** All open sockets. Each frame is printed once per publication, however many sockets get it. */
export class StreamHub {
  readonly #dialect: VenueDialect;
  readonly #log: Log;
  readonly #connections = new Set<Connection>();
  readonly #lastMessageAt = new Map<Feed, number>();
  #cutOff = 0;

  constructor(dialect: VenueDialect, log: Log) {
    this.#dialect = dialect;
    this.#log = log;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Sockets closed by us because their client did not read or did not answer pings. */
  get cutOff(): number {
    return this.#cutOff;
  }

  /** When a frame of the feed last went out to anybody, milliseconds since the epoch; undefined before the first. */
  lastMessageAt(feed: Feed): number | undefined {
    return this.#lastMessageAt.get(feed);
  }

  accept(socket: WebSocket, url: URL): void {
    const connection = { socket, session: this.#dialect.connect(url), publications: 0, unansweredPings: 0 };
    this.#connections.add(connection);
    socket.on('message', (data, isBinary) => {
      if (!isBinary && socket.readyState === socket.OPEN) socket.send(connection.session.receive(textOf(data)));
    });
    socket.on('pong', () => {
      connection.unansweredPings = 0;
    });
    socket.on('close', () => this.#connections.delete(connection));
    socket.on('error', (error) => this.#log(`a socket failed: ${messageOf(error)}`));
  }

  /** Sends every socket the present frames of its streams, except those of silenced feeds. To be called once a second. */
  publish(nowMs: number, isSilenced: (feed: Feed) => boolean): void {
    const frames = new Map<string, Buffer | undefined>();
    for (const connection of this.#connections) {
      if (this.#isLost(connection)) this.#cut(connection);
      else this.#sendTo(connection, nowMs, isSilenced, frames);
    }
  }

  /** Cuts all sockets without a closing handshake, as a venue that goes down does. */
  terminateAll(): void {
    for (const { socket } of this.#connections) socket.terminate();
    this.#connections.clear();
  }

  #sendTo(
    { socket, session }: Connection,
    nowMs: number,
    isSilenced: (feed: Feed) => boolean,
    frames: Map<string, Buffer | undefined>,
  ): void {
    if (socket.readyState !== socket.OPEN) return;
    for (const stream of session.streams) {
      const feed = this.#dialect.feedOf(stream);
      if (isSilenced(feed)) continue;
      const frame = this.#frame(stream, session.combined, nowMs, frames);
      if (frame === undefined) continue;
      socket.send(frame, { binary: false });
      this.#lastMessageAt.set(feed, nowMs);
    }
  }

  #frame(
    stream: string,
    combined: boolean,
    nowMs: number,
    frames: Map<string, Buffer | undefined>,
  ): Buffer | undefined {
    const key = combined ? `combined ${stream}` : stream;
    if (frames.has(key)) return frames.get(key);
    const data = this.#dialect.frame(stream, nowMs);
    const text = combined && data !== undefined ? `{"stream":${JSON.stringify(stream)},"data":${data}}` : data;
    const frame = text === undefined ? undefined : Buffer.from(text);
    frames.set(key, frame);
    return frame;
  }

  #isLost(connection: Connection): boolean {
    connection.publications += 1;
    if (connection.socket.bufferedAmount > maxBufferedBytes) return true;
    if (connection.publications % publicationsPerPing !== 0) return false;
    connection.unansweredPings += 1;
    if (connection.unansweredPings > maxUnansweredPings) return true;
    if (connection.socket.readyState === connection.socket.OPEN) connection.socket.ping();
    return false;
  }

  #cut(connection: Connection): void {
    this.#cutOff += 1;
    this.#connections.delete(connection);
    connection.socket.terminate();
  }
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

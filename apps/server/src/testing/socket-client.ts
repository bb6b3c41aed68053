import { once } from 'node:events';
import type { FakeClock } from '@tapewatch/model/testing';
import { WebSocket } from 'ws';

export interface SocketMessage {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

export interface SocketClientOptions {
  readonly port: number;
  readonly headers?: Record<string, string>;
  readonly protocol?: string;
}

/** Speaks graphql-transport-ws by hand, so that tests see every message and every close code. */
export class SocketClient {
  readonly socket: WebSocket;
  /** The code and reason it was closed with. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** The HTTP status of an upgrade that was refused; undefined once the socket is open. */
  readonly opened: Promise<number | undefined>;
  readonly #messages: SocketMessage[] = [];
  #wake: (() => void) | undefined;

  constructor({ port, headers = {}, protocol = 'graphql-transport-ws' }: SocketClientOptions) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, protocol, { headers });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer) => {
      this.#messages.push(JSON.parse(data.toString()) as SocketMessage);
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.opened = new Promise((resolve) => {
      this.socket.once('open', () => resolve(undefined));
      this.socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode);
        response.resume();
      });
    });
  }

  /** An acknowledged socket. */
  static async connect(port: number, token: string): Promise<SocketClient> {
    const client = new SocketClient({ port });
    await client.opened;
    client.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    const first = await client.next();
    if (first.type !== 'connection_ack') throw new Error(`expected connection_ack, got ${first.type}`);
    return client;
  }

  send(message: SocketMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: Record<string, unknown> = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** The next message, whenever it comes. */
  async next(): Promise<SocketMessage> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The data of the next `next` message. */
  async data(): Promise<unknown> {
    const message = await this.next();
    if (message.type !== 'next') throw new Error(`expected next, got ${JSON.stringify(message)}`);
    return (message.payload as { readonly data: unknown }).data;
  }

  close(): void {
    this.socket.terminate();
  }
}

/** Waits, a turn of the event loop at a time, for something that follows from what was done. */
export async function eventually(condition: () => boolean, turns = 2000): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    if (condition()) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`did not come true: ${condition.toString()}`);
}

/** Lets time pass for a client that answers the server's pings, as they all do. */
export async function pass(clock: FakeClock, ms: number, client: SocketClient): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    await clock.advance(Math.min(left, 10_000));
    // The answer to this ping comes after the client's own answers have arrived.
    const answered = once(client.socket, 'pong');
    client.socket.ping();
    await answered;
  }
}

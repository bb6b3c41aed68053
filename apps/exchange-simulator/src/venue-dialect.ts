import type { Feed } from './faults/fault.js';
import type { RestFailure } from './faults/effects.js';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface RestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One client's conversation on a WebSocket. */
export interface StreamSession {
  /** The names of the streams that it gets, in the order of subscription. */
  readonly streams: ReadonlySet<string>;
  /** True when the frames name their stream, `{"stream": ..., "data": ...}`. */
  readonly combined: boolean;
  /** Takes a message of the client in; returns the answer to it. Never throws. */
  receive(text: string): string;
}

/**
 * A venue's wire protocol over the shared market. The server around it knows sockets and faults and no protocol; the
 * price engine beneath it knows neither. Another venue is another one of these.
 */
export interface VenueDialect {
  /** Answers one REST request; never throws for anything a client sends. `nowMs` is the venue's wall clock. */
  rest(request: RestRequest, nowMs: number): RestReply;
  /** What a venue in trouble answers. */
  failure(failure: RestFailure, nowMs: number): RestReply;
  /** Begins a conversation; `url` is the path and query of the upgrade request. */
  connect(url: URL): StreamSession;
  /** The present frame of a stream as JSON text; undefined for a stream that the venue does not have. */
  frame(stream: string, nowMs: number): string | undefined;
  /** The feed that a stream belongs to. */
  feedOf(stream: string): Feed;
}

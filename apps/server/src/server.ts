import type { Clock, Logger } from '@tapewatch/model';
import type { Pipeline } from '@tapewatch/pipeline';

export interface ServerOptions {
  readonly pipeline: Pipeline;
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Files in PEM form: https alone is spoken, and renewed files are taken up within a minute. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Addresses and networks whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  readonly trustedProxies?: readonly string[];
  /** Whoever comes past the proxies from another machine is served, too, in plain text. */
  readonly allowPlaintext?: boolean;
  /** How users reach the server, when that is not the address it listens on: behind a proxy, say. */
  readonly externalUrl?: string;
  /** Keeps `admin-token` when no admin token was given. Must exist. */
  readonly dataDir: string;
  /** The admin's bearer token from the environment; absent: the one in the data folder, made at the first start. */
  readonly adminToken?: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  /** Folder of the Markdown pages that `/runbooks/NAME` serves. */
  readonly runbooksDir: string;
}

/** A server that listens. */
export interface TapewatchServer {
  /** `externalUrl`, or the address it listens on; no slash at the end. */
  readonly url: string;
  /** The port it really listens on. */
  readonly port: number;
  /** Opens a browser session, once; only when the admin token did not come from the environment. */
  readonly signInLink?: string;
  /** Safe twice. Takes at most two seconds, open requests and sockets included; subscribers are told that the server goes away. */
  close(): Promise<void>;
}

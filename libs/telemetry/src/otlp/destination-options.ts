/** What a user writes for one destination; `@tapewatch/config` hands it over checked. */
export interface DestinationConfig {
  readonly name: string;
  /** Base URL; `/v1/metrics` is appended unless it ends so. */
  readonly endpoint: string;
  /** `http/json` when absent. */
  readonly protocol?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `gzip` when absent. */
  readonly compression?: string;
  /** For one export, its retries included. 10 s when absent. */
  readonly timeoutMs?: number;
}

export type OtlpProtocol = 'http/json' | 'http/protobuf';
export type OtlpCompression = 'gzip' | 'none';

/** A destination, checked and complete. */
export interface DestinationOptions {
  /** Value of the attribute `destination`; unique. */
  readonly name: string;
  /** Where requests are posted to. May hold credentials: show `shownEndpoint` of it. */
  readonly url: string;
  readonly protocol: OtlpProtocol;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: OtlpCompression;
  readonly timeoutMs: number;
  /** Exports every n-th collection; 1 = each. */
  readonly everyTicks: number;
  /** PEM texts; absent: the system's authorities, no client certificate. */
  readonly tls?: TlsFiles;
}

export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The endpoint without user, password and query, fit for logs and status pages. */
export function shownEndpoint(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? '(not a URL)' : parsed.origin + parsed.pathname;
}

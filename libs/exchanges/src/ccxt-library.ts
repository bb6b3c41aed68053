import { createRequire } from 'node:module';

/** A connection of ccxt's, as far as this room touches it. */
export interface CcxtSocket {
  readonly url: string;
  /** Absent until it dials. */
  readonly connection?: { terminate(): void };
  send(message: unknown): Promise<unknown>;
}

/** A ccxt.pro client, as far as this room touches it. ccxt's own types promise more than its values keep. */
export interface CcxtClient {
  readonly has: Readonly<Record<string, unknown>>;
  readonly urls: { api: unknown };
  readonly symbols: readonly string[];
  tickers: Record<string, unknown>;
  /** undici's agent; absent before the first request. */
  readonly fetchDispatcher?: { destroy(): Promise<void> };
  loadMarkets(reload?: boolean): Promise<unknown>;
  loadHttpProxyAgent(): Promise<unknown>;
  loadProxyModules(): Promise<unknown>;
  loadFetchImplementation(): Promise<unknown>;
  fetchTime(): Promise<unknown>;
  fetchStatus(): Promise<unknown>;
  fetchTicker(symbol: string): Promise<unknown>;
  watchTickers(symbols: readonly string[], params: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<unknown>;
  throttle(cost?: number): Promise<unknown>;
  fetch(url: string, method?: string, headers?: unknown, body?: unknown): Promise<unknown>;
  onRestResponse(
    statusCode: number,
    statusText: string,
    url: string,
    method: string,
    responseHeaders: Readonly<Record<string, string>>,
    responseBody: string,
    requestHeaders: unknown,
    requestBody: unknown,
  ): string;
  client(url: string): CcxtSocket;
  handleMessage(socket: CcxtSocket, message: unknown): void;
  onConnected(socket: CcxtSocket, message?: unknown): void;
  onError(socket: CcxtSocket, error: unknown): void;
  onClose(socket: CcxtSocket, event: unknown): void;
  log(...parts: readonly unknown[]): void;
}

export type CcxtClientConstructor = new (config: Readonly<Record<string, unknown>>) => CcxtClient;

type ErrorConstructor = new (message?: string) => Error;

export interface CcxtLibrary {
  /** Venues that have WebSocket support, by ccxt's id. */
  readonly venues: ReadonlyMap<string, CcxtClientConstructor>;
  readonly errors: Readonly<Record<string, ErrorConstructor | undefined>>;
  readonly BaseError: ErrorConstructor;
}

interface CcxtModule {
  readonly pro: { readonly exchanges: readonly string[] } & Readonly<Record<string, CcxtClientConstructor>>;
  readonly BaseError: ErrorConstructor;
}

let library: CcxtLibrary | undefined;

/**
 * ccxt, read on first use: a program that watches no exchange does not pay for it. Its CommonJS build holds the same code
 * and costs 74 MB of resident memory where the ESM one costs 106 MB.
 */
export function loadCcxt(): CcxtLibrary {
  library ??= readCcxt();
  return library;
}

/** ccxt if anything has read it yet; asking does not read it. */
export function loadedCcxt(): CcxtLibrary | undefined {
  return library;
}

function readCcxt(): CcxtLibrary {
  const ccxt = createRequire(import.meta.url)('ccxt') as CcxtModule;
  return {
    venues: new Map(ccxt.pro.exchanges.map((venue) => [venue, ccxt.pro[venue] as CcxtClientConstructor])),
    errors: ccxt as unknown as CcxtLibrary['errors'],
    BaseError: ccxt.BaseError,
  };
}

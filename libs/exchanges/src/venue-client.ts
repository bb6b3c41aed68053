import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '@tapewatch/model';
import type { CcxtClient, CcxtClientConstructor, CcxtLibrary, CcxtSocket } from './ccxt-library.js';
import { overrideEndpoints } from './endpoint-override.js';
import { errorTypeOf } from './error-type.js';
import type { ExchangeOptions } from './exchange-options.js';
import type { WireRequest } from './request-log.js';
import { dialectOf } from './venue-dialect.js';
import type { VenueDialect, WeightLimit } from './venue-dialect.js';

/** How a connection ended: the peer's close code, or the error that broke it or kept it from being made. */
export type SocketEnd = { readonly closeCode: number } | { readonly error: unknown };

/** What the client tells while it works. Called synchronously; must not throw. */
export interface VenueClientHooks {
  requested(request: WireRequest): void;
  /** A request waited this long for ccxt's rate limiter. */
  throttled(waitedMs: number): void;
  /** ccxt has parsed a ticker out of a frame. */
  ticker(socket: CcxtSocket, symbol: string, ticker: unknown): void;
  /** A frame has been dealt with; `tickers` is how many tickers it brought. */
  frame(socket: CcxtSocket, frame: unknown, tickers: number): void;
  malformedFrame(socket: CcxtSocket, error: unknown): void;
  opened(socket: CcxtSocket): void;
  /** Told twice for some ends. */
  ended(socket: CcxtSocket, end: SocketEnd): void;
  log(text: string): void;
}

/** One unified call and its newest request. */
export interface OperationScope {
  readonly operation: string;
  newest?: WireRequest;
}

/** Tells the transport, which sees URLs alone, what unified call a request belongs to. */
export const operationScope = new AsyncLocalStorage<OperationScope>();

interface Answer {
  endedMs?: number;
  endedAt?: number;
  status?: number;
  headers?: Readonly<Record<string, string>>;
  weightLimits?: readonly WeightLimit[];
}

/** An unmodified ccxt.pro client whose transport tells what happens on the wire. */
export function createVenueClient(
  library: CcxtLibrary,
  options: ExchangeOptions,
  clock: Clock,
  hooks: VenueClientHooks,
): CcxtClient {
  const Venue = library.venues.get(options.venue);
  if (Venue === undefined) throw new Error(`ccxt has no WebSocket client for the venue '${options.venue}'`);
  const Timed = withRequestTimes(Venue, library, clock, hooks, dialectOf(options.venue));
  const Watched = withSocketEvents(Timed, library, hooks);
  const client = new Watched({
    enableRateLimit: true,
    timeout: options.requestTimeoutMs,
    options: {
      ...dialectOf(options.venue).options(options.symbols),
      // the session spaces its own redials: ccxt draws its jitter from the clock, the same for every client dropped together
      ws: { backoff: { base: 0 } },
    },
  });
  client.urls.api = overrideEndpoints(client.urls.api, options);
  return client;
}

function withRequestTimes(
  Venue: CcxtClientConstructor,
  library: CcxtLibrary,
  clock: Clock,
  hooks: VenueClientHooks,
  dialect: VenueDialect,
): CcxtClientConstructor {
  const answers = new AsyncLocalStorage<Answer>();
  const tell = (startedMs: number, startedAt: number, answer: Answer, thrown?: unknown): void => {
    const scope = operationScope.getStore();
    const request = {
      operation: scope?.operation ?? 'other',
      startedMs,
      startedAt,
      endedMs: answer.endedMs ?? clock.monotonic(),
      endedAt: answer.endedAt ?? clock.now(),
      ...(answer.status === undefined ? {} : { status: answer.status }),
      ...(answer.headers === undefined ? {} : { headers: answer.headers }),
      ...(answer.weightLimits === undefined ? {} : { weightLimits: answer.weightLimits }),
      ...(thrown === undefined ? {} : { errorType: errorTypeOf(library, thrown, answer.status) }),
    };
    if (scope !== undefined) scope.newest = request;
    hooks.requested(request);
  };
  return class extends Venue {
    override async fetch(...request: Parameters<CcxtClient['fetch']>): Promise<unknown> {
      const answer: Answer = {};
      const startedMs = clock.monotonic();
      const startedAt = clock.now();
      try {
        const body = await answers.run(answer, () => super.fetch(...request));
        tell(startedMs, startedAt, answer);
        return body;
      } catch (thrown) {
        tell(startedMs, startedAt, answer, thrown);
        throw thrown;
      }
    }

    /** The body is complete and not yet parsed: the moment that ends the time on the wire. */
    override onRestResponse(...response: Parameters<CcxtClient['onRestResponse']>): string {
      const answer = answers.getStore();
      if (answer !== undefined) {
        const [status, , , , headers, body] = response;
        Object.assign(answer, { endedMs: clock.monotonic(), endedAt: clock.now(), status, headers });
        const limits = dialect.weightLimits?.(body) ?? [];
        if (limits.length > 0) answer.weightLimits = limits;
      }
      return super.onRestResponse(...response);
    }

    override async throttle(cost?: number): Promise<unknown> {
      const startedMs = clock.monotonic();
      const released = await super.throttle(cost);
      hooks.throttled(clock.monotonic() - startedMs);
      return released;
    }
  };
}

function withSocketEvents(
  Venue: CcxtClientConstructor,
  library: CcxtLibrary,
  hooks: VenueClientHooks,
): CcxtClientConstructor {
  return class extends Venue {
    #handling: CcxtSocket | undefined;
    #tickersInFrame = 0;

    constructor(config: Readonly<Record<string, unknown>>) {
      super(config);
      this.#observeTickers();
    }

    /** Every venue's parser ends in `this.tickers[symbol] = ticker`: the one place that tells a ticker from other frames. */
    #observeTickers(): void {
      const observed = (target: Record<string, unknown>): Record<string, unknown> =>
        new Proxy(target, {
          set: (tickers, symbol, ticker: unknown) => {
            tickers[String(symbol)] = ticker;
            if (this.#handling === undefined) return true; // out of an answer over REST: no message of the feed
            this.#tickersInFrame += 1;
            hooks.ticker(this.#handling, String(symbol), ticker);
            return true;
          },
        });
      let tickers = observed(this.tickers);
      Object.defineProperty(this, 'tickers', {
        get: () => tickers,
        set: (replacement: Record<string, unknown>) => {
          tickers = observed(replacement);
        },
        enumerable: true,
        configurable: true,
      });
    }

    override client(url: string): CcxtSocket {
      const socket = super.client(url);
      if (!Object.hasOwn(socket, 'send')) keepSendQuiet(socket);
      return socket;
    }

    override handleMessage(socket: CcxtSocket, message: unknown): void {
      this.#handling = socket;
      this.#tickersInFrame = 0;
      try {
        super.handleMessage(socket, message);
        hooks.frame(socket, message, this.#tickersInFrame);
      } catch (thrown) {
        // a refusal the venue has put in words goes on to whoever waits; a frame that cannot be read concerns nobody else
        if (thrown instanceof library.BaseError) throw thrown;
        hooks.malformedFrame(socket, thrown);
      } finally {
        this.#handling = undefined;
      }
    }

    override onConnected(socket: CcxtSocket, message?: unknown): void {
      super.onConnected(socket, message);
      hooks.opened(socket);
    }

    override onError(socket: CcxtSocket, error: unknown): void {
      super.onError(socket, error);
      hooks.ended(socket, { error });
    }

    override onClose(socket: CcxtSocket, event: unknown): void {
      super.onClose(socket, event);
      hooks.ended(socket, { closeCode: closeCodeOf(event) });
    }

    override log(...parts: readonly unknown[]): void {
      hooks.log(parts.map(String).join(' '));
    }
  };
}

/** ccxt drops the promise of a subscription that waited for its rate limiter: when the socket has closed meanwhile, nobody catches it. */
function keepSendQuiet(socket: CcxtSocket): void {
  const send = socket.send.bind(socket);
  socket.send = (message) => {
    const sent = send(message);
    sent.catch(() => undefined);
    return sent;
  };
}

function closeCodeOf(event: unknown): number {
  const code = typeof event === 'object' && event !== null && 'code' in event ? event.code : undefined;
  return typeof code === 'number' ? code : 1006; // RFC 6455: ended without a close frame
}

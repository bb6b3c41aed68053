import { delay, messageOf } from '@tapewatch/model';
import type { Clock, Logger } from '@tapewatch/model';
import { loadCcxt } from './ccxt-library.js';
import type { CcxtClient } from './ccxt-library.js';
import type { RequestDurations } from './exchange-metrics.js';
import type { ExchangeOptions } from './exchange-options.js';
import { ExchangeRecord } from './exchange-record.js';
import { createVenueClient } from './venue-client.js';
import { VenueFeed } from './venue-feed.js';
import { pollOperation, VenueRest } from './venue-rest.js';

/** What `stop` grants the venue for its half of the closing handshake. */
const closeWithinMs = 3_000;

/** After a bug of our own, before the loop is started again. */
const restartAfterMs = 5_000;

export interface ExchangeSessionOptions {
  readonly exchange: ExchangeOptions;
  readonly durations: RequestDurations;
  /** Called when a message has brought a valid ticker of a symbol, which is in the record then. */
  readonly arrived?: (record: ExchangeRecord, symbol: string) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** One exchange being watched. Everything it finds out goes into its record. */
export class ExchangeSession {
  readonly record: ExchangeRecord;
  readonly #options: ExchangeSessionOptions;
  readonly #client: CcxtClient;
  readonly #rest: VenueRest;
  readonly #feed: VenueFeed;
  readonly #abort = new AbortController();
  #loops: readonly Promise<void>[] = [];

  constructor(options: ExchangeSessionOptions) {
    const { exchange, durations, clock, logger } = options;
    const library = loadCcxt();
    const logLine = boundedLog(clock, logger);
    this.#options = options;
    this.#client = createVenueClient(library, exchange, clock, {
      requested: (request) => this.#rest.requested(request),
      throttled: (waitedMs) => durations.throttle(waitedMs),
      ticker: (socket, symbol, ticker) => this.#feed.ticker(socket, symbol, ticker),
      frame: (socket, frame, tickers) => this.#feed.frame(socket, frame, tickers),
      malformedFrame: (_socket, error) => this.#feed.malformedFrame(error),
      opened: (socket) => this.#feed.opened(socket),
      ended: (socket, end) => this.#feed.ended(socket, end),
      log: logLine,
    });
    this.record = new ExchangeRecord(exchange, ['loadMarkets', pollOperation(this.#client)]);
    const parts = { ...options, client: this.#client, library, record: this.record };
    this.#rest = new VenueRest(parts);
    this.#feed = new VenueFeed(parts);
  }

  /** Launches the loops and returns; they end with `stop`. To be called once. */
  start(): void {
    const { signal } = this.#abort;
    this.record.begin(this.#options.clock.monotonic());
    const listed = this.#keep('markets', () => this.#loadMarkets());
    this.#loops = [
      listed,
      this.#keep('poll', () => prepare(this.#client).then(() => this.#rest.poll(signal))),
      this.#keep('watchdog', () => this.#feed.watchdog(signal)),
      this.#keep('relist', () => this.#feed.relist(() => this.#loadMarkets(), signal)),
      ...this.record.feeds.map((feed) => listed.then(() => this.#keep('watch', () => this.#feed.watch(feed, signal)))),
    ];
  }

  async #loadMarkets(): Promise<void> {
    await prepare(this.#client);
    await this.#rest.loadMarkets(this.#abort.signal);
    if (!this.#abort.signal.aborted) this.#feed.noteListed();
  }

  /** Ends everything within 3 s, with or without the venue's help. Never rejects. */
  async stop(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#rest.stopping();
    this.#feed.stopping();
    this.#abort.abort();
    const closed = this.#client.close();
    const cap = new AbortController();
    await Promise.race([
      Promise.allSettled([closed, this.#client.fetchDispatcher?.destroy(), ...this.#loops]),
      delay(this.#options.clock, closeWithinMs, cap.signal),
    ]);
    cap.abort();
    this.#feed.terminate();
  }

  /** A bug in one loop costs that loop a pause, and nothing else anything. */
  async #keep(loop: string, run: () => Promise<void>): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await run();
        return;
      } catch (bug) {
        logger.error(
          { loop, error: messageOf(bug), stack: bug instanceof Error ? bug.stack : undefined },
          'exchange loop failed; restarting it',
        );
        await delay(clock, restartAfterMs, signal);
      }
    }
  }
}

/**
 * Loads what ccxt would load during the first request, which would then count as time on the wire; ws:// addresses need an
 * agent that ccxt does not load by itself. Free when it is done already.
 */
async function prepare(client: CcxtClient): Promise<void> {
  await client.loadHttpProxyAgent();
  await client.loadProxyModules();
  await client.loadFetchImplementation();
}

const logLinesPerMinute = 20;
const longestLogLine = 500;

/** ccxt prints frames that it cannot parse, whole: long lines are cut, floods are cut off. */
function boundedLog(clock: Clock, logger: Logger): (text: string) => void {
  let minute = -1;
  let lines = 0;
  return (text) => {
    const nowMinute = Math.floor(clock.monotonic() / 60_000);
    if (nowMinute !== minute) [minute, lines] = [nowMinute, 0];
    lines += 1;
    if (lines <= logLinesPerMinute) logger.debug({ ccxt: text.slice(0, longestLogLine) }, 'ccxt says');
  };
}

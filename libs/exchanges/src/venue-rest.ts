import { delay, messageOf } from '@tapewatch/model';
import type { Clock, Logger } from '@tapewatch/model';
import { Backoff } from './backoff.js';
import type { CcxtClient, CcxtLibrary } from './ccxt-library.js';
import { errorTypeOf, MalformedResponse } from './error-type.js';
import type { ExchangeRecord } from './exchange-record.js';
import type { RequestDurations } from './exchange-metrics.js';
import type { WireRequest } from './request-log.js';
import { operationScope } from './venue-client.js';
import type { OperationScope } from './venue-client.js';
import { dialectOf } from './venue-dialect.js';

/** A venue that has banned us may name days; asking once an hour does not prolong it. */
const longestPauseMs = 3_600_000;

/** Cheap calls that show whether a venue answers, the most telling first. */
export type PollOperation = 'fetchTime' | 'fetchStatus' | 'fetchTicker';

export function pollOperation(client: CcxtClient): PollOperation {
  if (client.has['fetchTime'] === true) return 'fetchTime';
  return client.has['fetchStatus'] === true ? 'fetchStatus' : 'fetchTicker';
}

type Outcome<Value> =
  { readonly ok: true; readonly value: Value; readonly request?: WireRequest } | { readonly ok: false };

export interface VenueRestOptions {
  readonly client: CcxtClient;
  readonly library: CcxtLibrary;
  readonly record: ExchangeRecord;
  readonly durations: RequestDurations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** The REST side of one session: loads the markets, polls, and notes what every request showed. */
export class VenueRest {
  readonly #options: VenueRestOptions;
  readonly #marketsBackoff: Backoff;
  #pausedUntilMs = 0;
  #failing = false;
  #stopping = false;

  constructor(options: VenueRestOptions) {
    this.#options = options;
    this.#marketsBackoff = new Backoff({ firstMs: 2_000, longestMs: 60_000, random: options.random });
  }

  /** Hook of the client: one request has gone over the wire. */
  requested(request: WireRequest): void {
    if (this.#stopping) return;
    const { record, durations } = this.#options;
    durations.request(request.operation, request.errorType, request.endedMs - request.startedMs);
    if (request.errorType === undefined) {
      record.requests.succeeded(request);
    } else {
      record.requests.failed(request.operation, request.errorType);
      record.errors.add(request.endedMs);
    }
    for (const limit of request.weightLimits ?? []) record.requests.weightLimited(limit);
    this.#readHeaders(request);
  }

  /** From now on requests fail by our own doing. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Asks until the venue has told its markets, or the signal ends it. */
  async loadMarkets(signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#options;
    const ask = async (): Promise<unknown> => {
      // a plain loadMarkets() repeats the first failure for ever: ccxt keeps the rejected promise
      const markets = await client.loadMarkets(true);
      if (client.symbols.length === 0) throw new MalformedResponse('The venue listed no markets.');
      return markets;
    };
    while (!signal.aborted) {
      const outcome = await this.#call('loadMarkets', ask);
      if (outcome.ok) {
        this.#marketsBackoff.reset();
        return;
      }
      await delay(clock, this.#marketsBackoff.nextMs(this.#pauseMs()), signal);
    }
  }

  /** Polls at the configured interval, spread a little so that several sessions do not beat in time. */
  async poll(signal: AbortSignal): Promise<void> {
    const { record, clock, random } = this.#options;
    while (!signal.aborted) {
      await this.#pollOnce();
      const spreadMs = record.options.pollIntervalMs * (0.9 + 0.2 * random());
      await delay(clock, Math.max(spreadMs, this.#pauseMs()), signal);
    }
  }

  async #pollOnce(): Promise<void> {
    const { client, record } = this.#options;
    const operation = pollOperation(client);
    if (operation === 'fetchStatus') {
      await this.#call(operation, () => client.fetchStatus());
    } else if (operation === 'fetchTicker') {
      const [first = ''] = record.options.symbols;
      const listed = record.options.symbols.find((symbol) => client.symbols.includes(symbol));
      await this.#call(operation, () => client.fetchTicker(listed ?? first));
    } else {
      const outcome = await this.#call(operation, () => client.fetchTime().then(serverTime));
      if (outcome.ok && outcome.request !== undefined) record.requests.serverTime(outcome.value, outcome.request);
    }
  }

  async #call<Value>(operation: string, ask: () => Promise<Value>): Promise<Outcome<Value>> {
    const scope: OperationScope = { operation };
    try {
      const value = await operationScope.run(scope, ask);
      this.#noteAnswer();
      return { ok: true, value, ...(scope.newest === undefined ? {} : { request: scope.newest }) };
    } catch (thrown) {
      this.#noteFailure(scope, thrown);
      return { ok: false };
    }
  }

  #noteAnswer(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#options.logger.info({}, 'exchange answers over REST again');
  }

  #noteFailure(scope: OperationScope, thrown: unknown): void {
    if (this.#stopping) return;
    const { library, record, clock, logger } = this.#options;
    const errorType = scope.newest?.errorType ?? errorTypeOf(library, thrown);
    if (scope.newest?.errorType === undefined) {
      // the transport was content, the reading of the answer was not; or nothing was sent at all
      record.requests.failed(scope.operation, errorType);
      record.errors.add(clock.monotonic());
    }
    const fields = { operation: scope.operation, errorType, error: messageOf(thrown).slice(0, 500) };
    if (this.#failing) logger.debug(fields, 'exchange still fails over REST');
    else logger.warn(fields, 'exchange fails over REST');
    this.#failing = true;
  }

  #pauseMs(): number {
    return Math.max(0, this.#pausedUntilMs - this.#options.clock.monotonic());
  }

  #readHeaders(request: WireRequest): void {
    const { record } = this.#options;
    const { usedWeightHeader } = dialectOf(record.options.venue);
    for (const [name, value] of Object.entries(request.headers ?? {})) {
      const window = usedWeightHeader?.exec(name)?.[1];
      const amount = Number(value);
      if (!Number.isFinite(amount) || value === '') continue;
      if (window !== undefined) record.requests.weightUsed(window.toLowerCase(), amount, request.endedMs);
      if (request.errorType !== undefined && name.toLowerCase() === 'retry-after') {
        this.#pausedUntilMs = request.endedMs + Math.min(longestPauseMs, amount * 1000);
      }
    }
  }
}

/** An empty object under status 200 passes ccxt as the time `undefined`. */
function serverTime(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new MalformedResponse('The venue did not tell its time.');
}

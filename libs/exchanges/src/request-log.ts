import type { ErrorType } from './error-type.js';
import { errorTypes } from './error-type.js';

/** One REST request as it went over the wire. */
export interface WireRequest {
  /** The unified call it was made for, as in `fetchTime`. */
  readonly operation: string;
  /** Monotonic clock, taken after ccxt's throttle has let it go and when the whole answer is there. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** Wall clock at the same moments. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Absent when no answer came. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent on success. */
  readonly errorType?: ErrorType;
}

export interface RequestFailures {
  readonly operation: string;
  readonly errorType: ErrorType;
  count: number;
}

export interface UsedWeight {
  readonly window: string;
  used: number;
  /** Monotonic clock. */
  seenMs: number;
}

export interface ClockOffset {
  /** Venue minus us. */
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
  /** Monotonic clock. */
  readonly seenMs: number;
}

/** What the REST requests of one exchange have shown so far. */
export class RequestLog {
  readonly #failures = new Map<string, RequestFailures>();
  readonly #usedWeights = new Map<string, UsedWeight>();
  #lastAnswerMs: number | undefined;
  #lastOk: boolean | undefined;
  #latencyMs: number | undefined;
  #clockOffset: ClockOffset | undefined;

  /** The operations that will be asked: their failures count from 0, so that the first one is already an increase. */
  constructor(operations: readonly string[]) {
    for (const operation of operations) for (const errorType of errorTypes) this.#failuresOf(operation, errorType);
  }

  succeeded(request: WireRequest): void {
    this.#lastAnswerMs = request.endedMs;
    this.#latencyMs = request.endedMs - request.startedMs;
    this.#lastOk = true;
  }

  failed(operation: string, errorType: ErrorType): void {
    this.#failuresOf(operation, errorType).count += 1;
    this.#lastOk = false;
  }

  weightUsed(window: string, used: number, nowMs: number): void {
    const known = this.#usedWeights.get(window);
    if (known === undefined) this.#usedWeights.set(window, { window, used, seenMs: nowMs });
    else Object.assign(known, { used, seenMs: nowMs });
  }

  /** The server's time taken as of the middle of the request, which is off by at most half the way. */
  serverTime(serverAt: number, request: WireRequest): void {
    this.#clockOffset = {
      offsetMs: serverAt - (request.startedAt + request.endedAt) / 2,
      uncertaintyMs: (request.endedMs - request.startedMs) / 2,
      seenMs: request.endedMs,
    };
  }

  /** Whether the newest request was answered; undefined before the first has ended. */
  get up(): boolean | undefined {
    return this.#lastOk;
  }

  get lastAnswerMs(): number | undefined {
    return this.#lastAnswerMs;
  }

  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  get clockOffset(): ClockOffset | undefined {
    return this.#clockOffset;
  }

  get failures(): Iterable<RequestFailures> {
    return this.#failures.values();
  }

  get usedWeights(): Iterable<UsedWeight> {
    return this.#usedWeights.values();
  }

  #failuresOf(operation: string, errorType: ErrorType): RequestFailures {
    const key = `${operation} ${errorType}`;
    let failures = this.#failures.get(key);
    if (failures === undefined) {
      failures = { operation, errorType, count: 0 };
      this.#failures.set(key, failures);
    }
    return failures;
  }
}

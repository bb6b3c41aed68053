import type { ErrorType } from './error-type.js';
import { errorTypes } from './error-type.js';
import type { WeightLimit } from './venue-dialect.js';

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
  /** What the venue says of its limits, where this answer does. */
  readonly weightLimits?: readonly WeightLimit[];
  /** Absent on success. */
  readonly errorType?: ErrorType;
}

export interface RequestFailures {
  readonly operation: string;
  readonly errorType: ErrorType;
  count: number;
}

/** What a window of the venue's request budget has come to. */
export interface WindowWeight {
  readonly window: string;
  readonly used: number;
  /** Above 0; absent where the venue does not tell. */
  readonly limit?: number;
}

/** A window of the venue's rate limit, told by its header, is over after this long; Binance's are a minute at most on spot. */
const windowUnitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

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
  readonly #usedWeights = new Map<string, { readonly used: number; readonly seenMs: number }>();
  readonly #weightLimits = new Map<string, number>();
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
    this.#usedWeights.set(window, { used, seenMs: nowMs });
  }

  weightLimited({ window, limit }: WeightLimit): void {
    if (limit > 0) this.#weightLimits.set(window, limit);
  }

  /** Of the windows whose limit the venue has told. */
  get weightLimits(): Iterable<readonly [string, number]> {
    return this.#weightLimits;
  }

  /** Of the windows that are not over yet. */
  weights(nowMs: number): readonly WindowWeight[] {
    const weights: WindowWeight[] = [];
    for (const [window, { used, seenMs }] of this.#usedWeights) {
      const limit = this.#weightLimits.get(window);
      if (nowMs - seenMs <= windowMs(window)) weights.push({ window, used, ...(limit === undefined ? {} : { limit }) });
    }
    return weights;
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

function windowMs(window: string): number {
  return Number.parseInt(window, 10) * (windowUnitMs[window.slice(-1)] ?? 60_000);
}

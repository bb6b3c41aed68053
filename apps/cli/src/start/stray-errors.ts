import type { Clock, Logger } from '@tapewatch/model';

export type StrayErrorKind = 'uncaught_exception' | 'unhandled_rejection';

export interface StrayErrorsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Tells what the exchange client leaves unhandled by itself: a lost connection, not a bug. */
  readonly isExchangeRejection: (reason: unknown) => boolean;
  /** Called for every bug that nobody caught. */
  readonly count: (kind: StrayErrorKind) => void;
}

const quietMs = 1_000;

/** After the start nothing ends the process: what nobody caught is logged, at most once a second, and counted. */
export class StrayErrors {
  readonly #options: StrayErrorsOptions;
  #suppressed = 0;
  #lastLoggedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: StrayErrorsOptions) {
    this.#options = options;
  }

  accept(kind: StrayErrorKind, reason: unknown): void {
    const { clock, logger, isExchangeRejection, count } = this.#options;
    if (isExchangeRejection(reason)) {
      logger.debug({ error: reason }, 'the exchange client left a rejection unhandled');
      return;
    }
    count(kind);
    const nowMs = clock.monotonic();
    if (nowMs - this.#lastLoggedAtMs < quietMs) {
      this.#suppressed += 1;
      return;
    }
    const error = reason instanceof Error ? reason : new Error(String(reason));
    logger.error({ kind, error, suppressed: this.#suppressed }, 'an error that nobody caught; going on');
    this.#lastLoggedAtMs = nowMs;
    this.#suppressed = 0;
  }
}

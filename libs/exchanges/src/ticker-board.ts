import { invalidTickerReasons, validateTicker } from './ticker-validation.js';
import type { InvalidTickerReason, ValidTicker } from './ticker-validation.js';

/** The newest valid ticker of one symbol. */
export interface TickerEntry {
  readonly symbol: string;
  readonly ticker: ValidTicker;
  /** Monotonic clock. */
  readonly arrivedMs: number;
  /** Wall clock. */
  readonly at: number;
}

/** Tickers of one exchange: what was valid last, and what was refused why. */
export class TickerBoard {
  readonly #staleAfterMs: number;
  readonly #entries = new Map<string, TickerEntry>();
  /** Symbols whose newest ticker was refused. */
  readonly #refused = new Set<string>();
  readonly #wanted: ReadonlySet<string>;
  readonly invalid: Record<InvalidTickerReason, number>;

  constructor(symbols: readonly string[], staleAfterMs: number) {
    this.#wanted = new Set(symbols);
    this.#staleAfterMs = staleAfterMs;
    this.invalid = Object.fromEntries(invalidTickerReasons.map((reason) => [reason, 0])) as typeof this.invalid;
  }

  /** Takes what ccxt parsed; false when it is refused. Symbols nobody asked for are ignored. */
  accept(symbol: string, raw: unknown, nowMs: number, at: number): boolean {
    if (!this.#wanted.has(symbol)) return false;
    const previous = this.#entries.get(symbol);
    // a ticker that has aged out no longer binds the next: one absurd timestamp must not shut the symbol out for good
    const binding = previous !== undefined && nowMs - previous.arrivedMs <= this.#staleAfterMs;
    const verdict = validateTicker(raw, binding ? previous.ticker.timestamp : undefined);
    if (!verdict.ok) {
      this.invalid[verdict.reason] += 1;
      this.#refused.add(symbol);
      return false;
    }
    this.#refused.delete(symbol);
    this.#entries.set(symbol, { symbol, ticker: verdict.ticker, arrivedMs: nowMs, at });
    return true;
  }

  countMalformed(): void {
    this.invalid.malformed += 1;
  }

  /** The newest valid ticker, however old. */
  entry(symbol: string): TickerEntry | undefined {
    return this.#entries.get(symbol);
  }

  /**
   * The ticker if its prices still stand: it came in the feed's present run of messages (`liveSinceMs`), and it is not
   * merely the last good one before a row of refused ones.
   */
  current(symbol: string, liveSinceMs: number | undefined, nowMs: number): TickerEntry | undefined {
    const entry = this.#entries.get(symbol);
    if (entry === undefined || liveSinceMs === undefined || entry.arrivedMs < liveSinceMs) return undefined;
    if (this.#refused.has(symbol) && nowMs - entry.arrivedMs > this.#staleAfterMs) return undefined;
    return entry;
  }
}

import type { LogFields, Logger } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import type { BacktestFault } from './backtest-result.js';

const mostKept = 50;

/** What goes wrong in a replay: a log for its stages, of which only errors are kept, each once with how often it came. */
export class FaultLog implements Logger {
  readonly #now: () => number;
  readonly #faults = new Map<string, BacktestFault>();

  constructor(now: () => number) {
    this.#now = now;
  }

  note(rule: string, reason: string): void {
    const key = `${rule}\u0000${reason}`;
    const at = this.#now();
    const known = this.#faults.get(key);
    if (known === undefined && this.#faults.size >= mostKept) return;
    this.#faults.set(
      key,
      known === undefined
        ? { rule, reason, count: 1, firstAt: at, lastAt: at }
        : { ...known, count: known.count + 1, lastAt: at },
    );
  }

  all(): readonly BacktestFault[] {
    return [...this.#faults.values()];
  }

  debug(): void {
    // Nobody reads it.
  }

  info(): void {
    // Nobody reads it.
  }

  /** Failures of rules come by `note`, too. */
  warn(): void {
    // Nobody reads it.
  }

  error({ err, error }: LogFields, message: string): void {
    const cause = err ?? error;
    this.note('', cause === undefined ? message : `${message}: ${messageOf(cause)}`);
  }

  child(): Logger {
    return this;
  }
}

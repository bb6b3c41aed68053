import type { Clock } from '@tapewatch/model';
import type { AuditRecord } from '@tapewatch/pipeline';

const mostEntries = 40;
const windowMs = 3_600_000;

/**
 * Keeps the log readable, and the disk free, whatever anybody does who may not: of what is only refused at most forty lines an hour are written; the
 * next one says how many were left out.
 */
export class AuditThrottle {
  readonly #clock: Clock;
  #writtenAtMs: readonly number[] = [];
  #leftOut = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The record to write, or undefined when it is left out. */
  pass(record: AuditRecord): AuditRecord | undefined {
    const nowMs = this.#clock.monotonic();
    this.#writtenAtMs = this.#writtenAtMs.filter((atMs) => nowMs - atMs < windowMs);
    if (this.#writtenAtMs.length >= mostEntries) {
      this.#leftOut++;
      return undefined;
    }
    this.#writtenAtMs = [...this.#writtenAtMs, nowMs];
    if (this.#leftOut === 0) return record;
    const detail = { ...record.detail, leftOutBefore: this.#leftOut };
    this.#leftOut = 0;
    return { ...record, detail };
  }
}

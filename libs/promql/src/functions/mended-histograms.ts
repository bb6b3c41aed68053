import type { NoteDetail } from '../evaluate/query-run.js';
import type { ForcedMonotonicity } from './buckets.js';
import { formatRounded, formatShort } from './go-format.js';

/** How far, how often and when the counts of histograms had to be lifted. */
export class MendedHistograms implements NoteDetail {
  #fromBound: number;
  #toBound: number;
  #largestDifference: number;
  #firstMs: number;
  #lastMs: number;
  #count = 1;

  constructor({ fromBound, toBound, largestDifference }: ForcedMonotonicity, timeMs: number) {
    this.#fromBound = fromBound;
    this.#toBound = toBound;
    this.#largestDifference = largestDifference;
    this.#firstMs = this.#lastMs = timeMs;
  }

  add({ fromBound, toBound, largestDifference }: ForcedMonotonicity, timeMs: number): void {
    this.#fromBound = Math.min(this.#fromBound, fromBound);
    this.#toBound = Math.max(this.#toBound, toBound);
    this.#largestDifference = Math.max(this.#largestDifference, largestDifference);
    this.#firstMs = Math.min(this.#firstMs, timeMs);
    this.#lastMs = Math.max(this.#lastMs, timeMs);
    this.#count++;
  }

  text(): string {
    const where = `from buckets ${formatShort(this.#fromBound)} to ${formatShort(this.#toBound)}`;
    const size = `with a max diff of ${formatRounded(this.#largestDifference, 2)}`;
    const when = `over ${this.#count} samples from ${rfc3339(this.#firstMs)} to ${rfc3339(this.#lastMs)}`;
    return `, ${where}, ${size}, ${when}`;
  }
}

function rfc3339(timeMs: number): string {
  const time = new Date(Math.trunc(timeMs / 1000) * 1000);
  return Number.isNaN(time.getTime()) ? String(timeMs) : `${time.toISOString().slice(0, -5)}Z`;
}

import { compact, closedUntil, isDue, type CompactionOptions } from './compaction.ts';
import { HistoryFiles, type DamageReport } from './history-files.ts';
import { blockMs, dayMs, type StoredSeries } from './layout.ts';
import { DamagedFileError } from './sqlite-file.ts';
import type { TickRow } from './tick-row.ts';

export interface HistoryDiskOptions extends CompactionOptions {
  readonly folder: string;
}

/** What came at one time; several of one time are parts of one tick. */
export interface TickBatch extends TickRow {
  readonly atMs: number;
  /** Those of its series that the files may not know. */
  readonly series: readonly StoredSeries[];
}

export interface OpenedHistory {
  /** Greater than every id of a series that was ever given. */
  readonly nextId: number;
  /** Of the newest tick that is stored; absent when there is none. */
  readonly lastTickMs?: number;
  /** Older than this nothing is stored; absent when nothing is. */
  readonly oldestMs?: number;
}

export interface AppendResult {
  /** So many batches are older than what is stored, and were not taken: a clock was set back. */
  readonly late: number;
  /** The file of the newest ticks was damaged and is a new one: it knows no series any more. */
  readonly headReplaced: boolean;
}

export interface DiskFigures {
  readonly bytes: number;
  readonly damagedFiles: number;
}

const largestId = 'largest_id';

/** The history on disk, as the storage worker works on it: everything here waits for the disk. */
export class HistoryDisk {
  readonly files: HistoryFiles;
  readonly #options: HistoryDiskOptions;
  #lastAtMs = -Infinity;
  #compactedMs = -Infinity;

  constructor(options: HistoryDiskOptions, damaged: (report: DamageReport) => void) {
    this.#options = options;
    this.files = new HistoryFiles({ folder: options.folder, now: () => Date.now(), damaged });
  }

  /** Ticks of a future that the clock does not know any more count as if they were of now. */
  open(nowMs: number): OpenedHistory {
    const { files } = this;
    const lastTickMs = files.guarded(
      () => this.newestMs(),
      () => undefined,
    );
    this.#lastAtMs = Math.min(lastTickMs ?? -Infinity, nowMs);
    files.guarded(
      () => {
        const hour = Math.floor(nowMs / 3_600_000) * 3_600_000;
        if (files.head.fact(closedUntil) > hour) files.head.setFact(closedUntil, hour);
      },
      () => undefined,
    );
    const known = [files.head.fact(largestId), files.head.largestId];
    for (const kind of ['raw', 'rollup'] as const) {
      for (const day of files.days(kind)) {
        known.push(
          files.guarded(
            () => files.day(kind, day)?.largestId ?? 0,
            () => 0,
          ),
        );
      }
    }
    const oldestMs = this.oldestMs();
    return {
      nextId: Math.max(...known) + 1,
      ...(lastTickMs === undefined ? {} : { lastTickMs: this.#lastAtMs }),
      ...(oldestMs === undefined ? {} : { oldestMs }),
    };
  }

  /** When it returns, the batches, oldest first, are on the disk, all or none. Throws where they cannot be written. */
  append(batches: readonly TickBatch[]): AppendResult {
    let lastAtMs = this.#lastAtMs;
    const taken = batches.filter(({ atMs }) => {
      if (atMs < lastAtMs) return false;
      lastAtMs = atMs;
      return true;
    });
    const late = batches.length - taken.length;
    let headReplaced = false;
    try {
      this.write(taken);
    } catch (thrown) {
      if (!(thrown instanceof DamagedFileError)) throw thrown;
      this.files.putAway(thrown);
      headReplaced = true;
      this.write(taken);
    }
    this.#lastAtMs = lastAtMs;
    return { late, headReplaced };
  }

  /** The work that has fallen due since it was last done, in steps; undefined when there is none. */
  due(): Generator<void> | undefined {
    if (!isDue(this.#compactedMs, this.#lastAtMs)) return undefined;
    return this.work(this.#lastAtMs);
  }

  figures(): DiskFigures {
    return { bytes: this.files.bytes(), damagedFiles: this.files.damagedFiles() };
  }

  close(): void {
    this.files.close();
  }

  private *work(atMs: number): Generator<void> {
    // Before the work: what fails is tried again with the next block, not with every tick.
    this.#compactedMs = atMs;
    try {
      yield* compact(this.files, this.#options, atMs);
    } catch (thrown) {
      if (!(thrown instanceof DamagedFileError)) throw thrown;
      this.files.putAway(thrown);
    }
  }

  private write(batches: readonly TickBatch[]): void {
    const { head } = this.files;
    head.transaction(() => {
      for (const { series, ...tick } of batches) {
        if (series.length > 0) {
          head.addSeries(series, tick.atMs);
          const largest = series.reduce((found, { id }) => Math.max(found, id), 0);
          head.setFact(largestId, Math.max(head.fact(largestId), largest));
        }
        head.addTick(tick);
      }
    });
  }

  private oldestMs(): number | undefined {
    const { files } = this;
    const found = [
      ...files.days('raw').slice(0, 1),
      ...files.days('rollup').slice(0, 1),
      ...[files.head.oldestBlockMs, files.head.tickTimes(0, Number.MAX_SAFE_INTEGER / 1024)[0]],
    ].filter((time) => time !== undefined);
    return found.length === 0 ? undefined : Math.min(...found);
  }

  private newestMs(): number | undefined {
    const { head } = this.files;
    const tick = head.newestTickMs;
    if (tick !== undefined) return tick;
    const keys = head.blockKeys(0, Date.now() + dayMs);
    const bucket = keys.at(-1)?.bucket;
    const seconds = bucket === undefined ? undefined : head.seconds(bucket);
    return bucket === undefined ? undefined : bucket * blockMs + Math.max(0, seconds?.lastIndexOf(1) ?? 0) * 1000;
  }
}

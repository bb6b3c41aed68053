import { compact, isDue, type CompactionOptions } from './compaction.ts';
import { HistoryFiles, type DamageReport } from './history-files.ts';
import { blockMs, closedUntil, dayMs, hourMs, type StoredSeries } from './layout.ts';
import { ClosedFileError, DamagedFileError } from './sqlite-file.ts';
import type { TickRow } from './tick-row.ts';

export interface HistoryDiskOptions extends CompactionOptions {
  readonly folder: string;
  /** As in HistoryFilesOptions. */
  readonly caches?: boolean;
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
  /** Since the last time, the file of the newest ticks was found damaged and is a new one: it knows no series any more. */
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
  /** The greatest id that was ever given, whatever becomes of the file that says so. */
  #largestId = 0;
  /** Of `HistoryFiles.headsLost`, those that `append` has told of. */
  #headsTold = 0;
  #compactedMs = -Infinity;

  constructor(options: HistoryDiskOptions, damaged: (report: DamageReport) => void) {
    this.#options = options;
    const { folder, caches = true } = options;
    this.files = new HistoryFiles({ folder, caches, now: () => Date.now(), damaged });
  }

  /** Ticks of a future that the clock does not know any more count as if they were of now. */
  open(nowMs: number): OpenedHistory {
    const opened = this.files.retried(() => this.look(nowMs));
    this.#lastAtMs = opened.lastTickMs ?? -Infinity;
    this.#largestId = opened.nextId - 1;
    this.#headsTold = this.files.headsLost;
    return opened;
  }

  private look(nowMs: number): OpenedHistory {
    const { head } = this.files;
    const newestMs = this.newestMs();
    const hour = Math.floor(nowMs / hourMs) * hourMs;
    if (head.fact(closedUntil) > hour) head.setFact(closedUntil, hour);
    const largest = Math.max(head.fact(largestId), head.largestId, this.largestIdInDays());
    const oldestMs = this.oldestMs();
    return {
      nextId: largest + 1,
      ...(newestMs === undefined ? {} : { lastTickMs: Math.min(newestMs, nowMs) }),
      ...(oldestMs === undefined ? {} : { oldestMs }),
    };
  }

  private largestIdInDays(): number {
    const { files } = this;
    const known = (['raw', 'rollup'] as const).flatMap((kind) =>
      files.days(kind).map((day) =>
        files.guarded(
          () => files.day(kind, day)?.largestId ?? 0,
          () => 0,
        ),
      ),
    );
    return Math.max(0, ...known);
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
    this.files.retried(() => this.write(taken));
    this.#lastAtMs = lastAtMs;
    // A read or the compaction may have been the one that found it damaged.
    const headReplaced = this.files.headsLost > this.#headsTold;
    this.#headsTold = this.files.headsLost;
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
      // What was not done is done with the next block.
      if (thrown instanceof DamagedFileError) this.files.putAway(thrown);
      else if (!(thrown instanceof ClosedFileError)) throw thrown;
    }
  }

  private write(batches: readonly TickBatch[]): void {
    const { head } = this.files;
    for (const { series } of batches) for (const { id } of series) this.#largestId = Math.max(this.#largestId, id);
    head.transaction(() => {
      if (head.fact(largestId) < this.#largestId) head.setFact(largestId, this.#largestId);
      for (const { series, ...tick } of batches) {
        if (series.length > 0) head.addSeries(series, tick.atMs);
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

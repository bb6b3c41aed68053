import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ChunkCache } from './chunk-cache.ts';
import { DayFile } from './day-file.ts';
import { HeadFile } from './head-file.ts';
import { closedUntil, dayFileName, dayOfFileName, headName, type DayKind } from './layout.ts';
import { SeriesCatalog } from './series-catalog.ts';
import { ClosedFileError, DamagedFileError, setAside, sizeOf } from './sqlite-file.ts';

/** Day files that stay open; each costs a few handles and its cache. */
const openDays = 20;
/** What reading keeps in memory: unpacked chunks, and about so many series' names. */
const keptChunksBytes = 32 * 2 ** 20;
const keptSeries = 60_000;
/** A disk on which new files are damaged as soon as they are there does not keep work beginning again for ever. */
const mostTries = 20;

export interface DamageReport {
  /** A file that was set aside, and its new name; absent when a row of a file was left out. */
  readonly file?: string;
  readonly aside?: string;
  readonly reason: string;
}

export interface HistoryFilesOptions {
  readonly folder: string;
  readonly now: () => number;
  readonly damaged: (report: DamageReport) => void;
  /** False: every read goes to the files, as a test does to see that it makes no difference. */
  readonly caches?: boolean;
}

/** The files of the history; what is damaged is set aside by name, and the rest serves. */
export class HistoryFiles {
  readonly #options: HistoryFilesOptions;
  #head: HeadFile | undefined;
  /** The most lately used last. */
  readonly #days = new Map<string, DayFile>();
  /** Undefined when they may have changed. */
  #daysThere: readonly { readonly kind: DayKind; readonly dayStartMs: number }[] | undefined;
  #headsLost = 0;
  readonly chunks: ChunkCache;
  readonly catalog: SeriesCatalog;

  constructor(options: HistoryFilesOptions) {
    this.#options = options;
    const caches = options.caches ?? true;
    this.chunks = new ChunkCache(caches ? keptChunksBytes : 0);
    this.catalog = new SeriesCatalog(caches ? keptSeries : 0);
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  }

  get head(): HeadFile {
    this.#head ??= this.openHead();
    return this.#head;
  }

  /** How often the head was set aside, and a new one begun. */
  get headsLost(): number {
    return this.#headsLost;
  }

  /** Undefined when nothing of the day is there; with `make` it is made. */
  day(kind: DayKind, dayStartMs: number, make = false): DayFile | undefined {
    const name = dayFileName(kind, dayStartMs);
    let day = this.#days.get(name);
    if (day === undefined) {
      const path = join(this.#options.folder, name);
      if (!make && sizeOf(path) === 0) return undefined;
      this.#daysThere = undefined;
      const watcher = {
        rowChanges: (key: number) => this.chunks.forget(path, key),
        seriesChange: () => this.catalog.forget(path),
      };
      day = new DayFile(path, kind, dayStartMs, () => this.rowDamaged(path), { watcher });
    }
    this.#days.delete(name);
    this.#days.set(name, day);
    for (const [oldest, file] of this.#days) {
      if (this.#days.size <= openDays) break;
      this.#days.delete(oldest);
      file.close();
    }
    return day;
  }

  /** Starts of the days of which there is a file, oldest first. */
  days(kind: DayKind): readonly number[] {
    // Only this process makes files here; each query asks.
    this.#daysThere ??= readdirSync(this.#options.folder)
      .map(dayOfFileName)
      .filter((day) => day !== undefined)
      .sort((a, b) => a.dayStartMs - b.dayStartMs);
    return this.#daysThere.filter((day) => day.kind === kind).map(({ dayStartMs }) => dayStartMs);
  }

  drop(kind: DayKind, dayStartMs: number): void {
    const name = dayFileName(kind, dayStartMs);
    this.#days.get(name)?.close();
    this.#days.delete(name);
    this.forget(join(this.#options.folder, name));
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(this.#options.folder, name + suffix), { force: true });
    this.#daysThere = undefined;
  }

  /** Runs the work; when a file turns out to be damaged, sets it aside and gives the fallback. */
  guarded<T>(work: () => T, fallback: () => T): T {
    try {
      return work();
    } catch (thrown) {
      if (!(thrown instanceof DamagedFileError)) throw thrown;
      this.putAway(thrown);
      return fallback();
    }
  }

  /** Runs the work, and from its start again each time a file turns out to be damaged: that is set aside, and the rest serves. */
  retried<T>(work: () => T): T {
    for (let left = mostTries; ; left--) {
      try {
        return work();
      } catch (thrown) {
        this.overcome(thrown, left);
      }
    }
  }

  /** `retried` of work in steps. */
  *retriedSteps<Step, T>(work: () => Generator<Step, T>): Generator<Step, T> {
    for (let left = mostTries; ; left--) {
      try {
        return yield* work();
      } catch (thrown) {
        this.overcome(thrown, left);
      }
    }
  }

  private overcome(thrown: unknown, left: number): void {
    if (left === 0) throw thrown;
    if (thrown instanceof DamagedFileError) this.putAway(thrown);
    else if (!(thrown instanceof ClosedFileError)) throw thrown;
  }

  /** Gives a damaged file another name, and forgets it. */
  putAway(error: DamagedFileError): void {
    for (const [name, day] of this.#days) {
      if (day.path !== error.path) continue;
      day.close();
      this.#days.delete(name);
    }
    if (error.path.endsWith(headName)) {
      this.#head?.close();
      this.#head = undefined;
      this.#headsLost++;
    }
    this.forget(error.path);
    const aside = setAside(error.path, this.#options.now());
    this.#daysThere = undefined;
    this.#options.damaged({ file: error.path, aside, reason: error.message });
  }

  private forget(path: string): void {
    this.#daysThere = undefined;
    this.chunks.forgetFile(path);
    this.catalog.forget(path);
  }

  rowDamaged(path: string): void {
    this.#options.damaged({ reason: `a row of ${path} is damaged and was left out` });
  }

  /** Of all files, those that were set aside included. */
  bytes(): number {
    const { folder } = this.#options;
    return readdirSync(folder).reduce((sum, name) => sum + sizeOf(join(folder, name)), 0);
  }

  damagedFiles(): number {
    return readdirSync(this.#options.folder).filter((name) => /\.db\.damaged-[^.]*$/.test(name)).length;
  }

  close(): void {
    for (const day of this.#days.values()) day.close();
    this.#days.clear();
    this.#head?.close();
    this.#head = undefined;
  }

  private openHead(): HeadFile {
    const path = join(this.#options.folder, headName);
    return this.retried(() => {
      const head = new HeadFile(path, () => this.rowDamaged(path));
      try {
        // A head that takes the place of a damaged one: what is in the files of days is closed, and is read from there.
        if (head.fact(closedUntil) === 0) head.setFact(closedUntil, this.closedInDays());
      } catch (thrown) {
        head.close();
        throw thrown;
      }
      return head;
    });
  }

  /** The end of the newest hour that a file of a day holds; 0 when none does. */
  private closedInDays(): number {
    const ends = (['raw', 'rollup'] as const).flatMap((kind) =>
      this.days(kind).map((day) =>
        this.guarded(
          () => this.day(kind, day)?.closedUntilMs ?? 0,
          () => 0,
        ),
      ),
    );
    return Math.max(0, ...ends);
  }
}

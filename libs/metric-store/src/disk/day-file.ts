import type { DayKind, StoredSeries } from './layout.ts';
import { dayMs, firstOfPage, hourKey, hourMs, hourOfKey, startOf } from './layout.ts';
import { seal, unseal } from './sealed.ts';
import { SqliteFile } from './sqlite-file.ts';

const schema = `
create table if not exists page (id integer primary key, data blob not null);
create table if not exists series (page integer primary key, data blob not null);
create table if not exists hour (start integer primary key, seconds blob not null, samples integer not null, totals blob);
`;

export interface HourSummary {
  /** One byte each: 1 where there was a tick. */
  readonly seconds: Uint8Array;
  readonly samples: number;
  /** Of every series; in files of minutes alone. */
  readonly totals?: Uint8Array;
}

/** Is told before what it may have kept of a file is no longer so. */
export interface FileWatcher {
  readonly rowChanges: (key: number) => void;
  readonly seriesChange: () => void;
}

/** What one UTC day left: raw samples or minutes, by hour and page, with the series they are of. */
export class DayFile {
  readonly kind: DayKind;
  readonly startMs: number;
  readonly #file: SqliteFile;
  readonly #damaged: () => void;
  readonly #watcher: FileWatcher | undefined;

  /** `damaged` is told of rows that are left out. */
  constructor(
    path: string,
    kind: DayKind,
    startMs: number,
    damaged: () => void,
    { readOnly = false, watcher }: { readonly readOnly?: boolean; readonly watcher?: FileWatcher } = {},
  ) {
    this.#damaged = damaged;
    this.#watcher = watcher;
    this.kind = kind;
    this.startMs = startMs;
    // Not synced at every commit: an hour is dropped elsewhere only after a checkpoint, which is.
    this.#file = new SqliteFile(path, { schema, durable: false, readOnly });
  }

  get path(): string {
    return this.#file.path;
  }

  get endMs(): number {
    return this.startMs + dayMs;
  }

  transaction(work: () => void): void {
    this.#file.transaction(work);
  }

  row(hourStartMs: number, page: number): Uint8Array | undefined {
    const row = this.#file.get('select data from page where id = ?', hourKey(hourStartMs, page));
    return row?.['data'] as Uint8Array | undefined;
  }

  /** Rows of one page, by their hours; those that are there. */
  rowsOf(page: number, hours: readonly number[]): Map<number, Uint8Array> {
    const keys = hours.map((hour) => hourKey(hour, page));
    // As many places as a day has hours, so that there is one statement.
    const places = Array.from({ length: dayMs / hourMs }, (_, i) => keys[i] ?? null);
    const found = this.#file.all(`select id, data from page where id in (${places.map(() => '?').join()})`, ...places);
    return new Map(found.map(({ id, data }) => [hourOfKey(this.startMs, id as number), data as Uint8Array]));
  }

  pagesOf(hourStartMs: number): readonly number[] {
    const rows = this.#file.all(
      'select id from page where id >= ? and id < ?',
      hourKey(hourStartMs, 0),
      hourKey(hourStartMs, 0) + hourKey(hourMs, 0),
    );
    return rows.map(({ id }) => (id as number) - hourKey(hourStartMs, 0));
  }

  writeRow(hourStartMs: number, page: number, data: Uint8Array): void {
    this.#watcher?.rowChanges(hourKey(hourStartMs, page));
    this.#file.run('insert or replace into page values (?, ?)', hourKey(hourStartMs, page), data);
  }

  /** Adds the series that are not there yet; all of one page. */
  addSeries(page: number, series: readonly StoredSeries[]): void {
    const there = this.seriesOf(page);
    const known = new Set(there.map(({ id }) => id));
    const added = series.filter(({ id }) => !known.has(id));
    if (added.length === 0) return;
    const data = seal(Buffer.from(JSON.stringify([...there, ...added])), page, 9);
    this.#watcher?.seriesChange();
    this.#file.run('insert or replace into series values (?, ?)', page, data);
  }

  seriesOf(page: number): readonly StoredSeries[] {
    const row = this.#file.get('select data from series where page = ?', page);
    return row === undefined ? [] : parseSeries(this.textOf(page, row['data'] as Uint8Array));
  }

  /** All that the file has samples of. */
  series(): readonly StoredSeries[] {
    const rows = this.#file.all('select page, data from series');
    return rows.flatMap(({ page, data }) => [...parseSeries(this.textOf(page as number, data as Uint8Array))]);
  }

  /** Which seconds of an hour had a tick, as a bitmap; undefined when nothing of the hour is here. */
  seconds(hourStartMs: number): Uint8Array | undefined {
    const row = this.#file.get('select seconds from hour where start = ?', hourStartMs);
    return row === undefined ? undefined : this.unsealed(row['seconds'] as Uint8Array, hourStartMs);
  }

  writeHour(hourStartMs: number, { seconds, samples, totals }: HourSummary): void {
    this.#file.run(
      'insert or replace into hour values (?, ?, ?, ?)',
      hourStartMs,
      seal(seconds, hourStartMs, 3),
      samples,
      totals ?? null,
    );
  }

  /** As `encodeTotals` wrote it. */
  totals(hourStartMs: number): Uint8Array | undefined {
    const data = this.#file.get('select totals from hour where start = ?', hourStartMs)?.['totals'];
    return data instanceof Uint8Array ? data : undefined;
  }

  samplesOf(hourStartMs: number): number {
    return Number(this.#file.get('select samples from hour where start = ?', hourStartMs)?.['samples'] ?? 0);
  }

  /** Every row that there is, in order. */
  *rows(): IterableIterator<{ readonly hourStartMs: number; readonly key: number; readonly data: Uint8Array }> {
    for (const { id } of this.#file.all('select id from page order by id')) {
      const key = id as number;
      const data = this.#file.get('select data from page where id = ?', key)?.['data'];
      if (data instanceof Uint8Array) yield { hourStartMs: hourOfKey(this.startMs, key), key, data };
    }
  }

  /** Samples of all hours. */
  get samples(): number {
    return Number(this.#file.get('select coalesce(sum(samples), 0) as n from hour')?.['n']);
  }

  get hours(): readonly number[] {
    return this.#file.all('select start from hour order by start').map(({ start }) => start as number);
  }

  /** The end of the newest hour that is here; 0 when none is. */
  get closedUntilMs(): number {
    const newest = this.hours.findLast((hour) => hour >= this.startMs && hour < this.endMs);
    return newest === undefined ? 0 : startOf(newest, hourMs) + hourMs;
  }

  /** At least the greatest id of a series here; 0 when there is none. */
  get largestId(): number {
    const row = this.#file.get('select max(page) as page from series');
    const page = row?.['page'];
    if (typeof page !== 'number') return 0;
    const series = this.seriesOf(page);
    // Damaged: any of the page may have been given.
    if (series.length === 0) return firstOfPage(page + 1) - 1;
    return series.reduce((largest, { id }) => Math.max(largest, id), 0);
  }

  /** '[]' when it is damaged: series without a name are in no answer. */
  private textOf(page: number, data: Uint8Array): string {
    const bytes = this.unsealed(data, page);
    return bytes === undefined ? '[]' : Buffer.from(bytes).toString('utf8');
  }

  private unsealed(data: Uint8Array, place: number): Uint8Array | undefined {
    try {
      return unseal(data, place);
    } catch {
      this.#damaged();
      return undefined;
    }
  }

  checkpoint(): void {
    this.#file.checkpoint();
  }

  close(): void {
    this.#file.close();
  }
}

function parseSeries(text: string): readonly StoredSeries[] {
  return JSON.parse(text) as readonly StoredSeries[];
}

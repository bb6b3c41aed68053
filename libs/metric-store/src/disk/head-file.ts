import { crc32 } from 'node:zlib';
import type { EvenSamples, Samples } from '../codec/samples.ts';
import { blockKey, blockMs, bucketOfKey, pageOfKey, type StoredSeries } from './layout.ts';
import { decodeBlock, decodeBlockEvenly } from './page-row.ts';
import { DamagedFileError, SqliteFile } from './sqlite-file.ts';
import { decodeTick, encodeTick, type TickRow } from './tick-row.ts';

const schema = `
create table if not exists fact (name text primary key, value) without rowid;
create table if not exists series (id integer primary key, seen integer not null, data text not null, checksum integer not null);
create table if not exists tick (id integer primary key, data blob not null);
create table if not exists block (id integer primary key, data blob not null);
create table if not exists bucket (id integer primary key, seconds blob not null);
create table if not exists late (start integer not null, page integer not null, primary key (start, page)) without rowid;
`;

/** Batches that one tick may come in: its own, and what rules made of it. */
const partsPerTick = 256;

export interface StoredTick extends TickRow {
  readonly atMs: number;
}

/** The newest hours: a row for every tick of the last minutes, blocks of what is older, and the series they are of. */
export class HeadFile {
  readonly #file: SqliteFile;
  /** Told of rows that are damaged and left out. */
  readonly #damaged: () => void;

  constructor(path: string, damaged: () => void, readOnly = false) {
    this.#file = new SqliteFile(path, { schema, durable: true, readOnly });
    this.#damaged = damaged;
  }

  fact(name: string): number {
    const value = this.#file.get('select value from fact where name = ?', name)?.['value'] ?? 0;
    if (Number.isSafeInteger(value)) return value as number;
    throw new DamagedFileError(this.#file.path, new Error(`${name} is no whole number`));
  }

  setFact(name: string, value: number): void {
    this.#file.run('insert or replace into fact values (?, ?)', name, value);
  }

  transaction(work: () => void): void {
    this.#file.transaction(work);
  }

  addSeries(series: readonly StoredSeries[], atMs: number): void {
    for (const each of series) {
      const text = JSON.stringify(each);
      this.#file.run('insert or replace into series values (?, ?, ?, ?)', each.id, atMs, text, crc32(text, each.id));
    }
  }

  /** Notes that these series still have samples. */
  sawSeries(ids: Iterable<number>, atMs: number): void {
    for (const id of ids) this.#file.run('update series set seen = ? where id = ?', atMs, id);
  }

  /** As they were written, by id. */
  seriesTexts(): Map<number, string> {
    const texts = new Map<number, string>();
    for (const row of this.#file.all('select id, data, checksum from series')) {
      const text = this.checked(row);
      if (text !== undefined) texts.set(row['id'] as number, text);
    }
    return texts;
  }

  /** Those of the ids that are known. */
  seriesOf(ids: Iterable<number>): StoredSeries[] {
    const found: StoredSeries[] = [];
    for (const id of ids) {
      const row = this.#file.get('select id, data, checksum from series where id = ?', id);
      const text = row === undefined ? undefined : this.checked(row);
      if (text !== undefined) found.push(JSON.parse(text) as StoredSeries);
    }
    return found;
  }

  private checked(row: Record<string, unknown>): string | undefined {
    const { id, data, checksum } = row;
    if (typeof data === 'string' && crc32(data, id as number) === checksum) return data;
    this.#damaged();
    return undefined;
  }

  dropSeriesUnseenSince(sinceMs: number): void {
    this.#file.run('delete from series where seen < ?', sinceMs);
  }

  get largestId(): number {
    return Number(this.#file.get('select coalesce(max(id), 0) as id from series')?.['id']);
  }

  addTick({ atMs, ...row }: StoredTick): void {
    const first = atMs * partsPerTick;
    const part = this.#file.get(
      'select coalesce(max(id) + 1, ?) as id from tick where id >= ? and id < ?',
      first,
      first,
      first + partsPerTick,
    );
    this.#file.run('insert into tick values (?, ?)', part?.['id'] as number, encodeTick(atMs, row));
  }

  get newestTickMs(): number | undefined {
    const id = this.#file.get('select max(id) as id from tick')?.['id'];
    return typeof id === 'number' ? Math.floor(id / partsPerTick) : undefined;
  }

  /** Ticks in [fromMs, toMs), in order; damaged ones are left out. */
  *ticks(fromMs: number, toMs: number): IterableIterator<StoredTick> {
    for (const { id } of this.tickIds(fromMs, toMs)) {
      const atMs = Math.floor((id as number) / partsPerTick);
      const row = this.#file.get('select data from tick where id = ?', id as number);
      if (row === undefined) continue;
      try {
        yield { atMs, ...decodeTick(atMs, row['data'] as Uint8Array) };
      } catch {
        this.#damaged();
      }
    }
  }

  private tickIds(fromMs: number, toMs: number): Record<string, unknown>[] {
    return this.#file.all(
      'select id from tick where id >= ? and id < ? order by id',
      fromMs * partsPerTick,
      Math.min(toMs * partsPerTick, Number.MAX_SAFE_INTEGER),
    );
  }

  tickTimes(fromMs: number, toMs: number): number[] {
    return this.tickIds(fromMs, toMs).map(({ id }) => Math.floor((id as number) / partsPerTick));
  }

  /** Starts of the blocks' times that have ticks and end at or before the time. */
  bucketsToCut(untilMs: number): number[] {
    const times = this.tickTimes(0, Math.floor(untilMs / blockMs) * blockMs);
    return [...new Set(times.map((at) => Math.floor(at / blockMs)))];
  }

  dropTicks(fromMs: number, toMs: number): void {
    this.#file.run('delete from tick where id >= ? and id < ?', fromMs * partsPerTick, toMs * partsPerTick);
  }

  addBlock(bucket: number, page: number, data: Uint8Array): void {
    this.#file.run('insert or replace into block values (?, ?)', blockKey(bucket, page), data);
  }

  block(bucket: number, page: number): Map<number, Samples> {
    const key = blockKey(bucket, page);
    const row = this.#file.get('select data from block where id = ?', key);
    if (row === undefined) return new Map();
    try {
      return decodeBlock(key, bucket * blockMs, row['data'] as Uint8Array);
    } catch {
      this.#damaged();
      return new Map();
    }
  }

  /** As `block`; of one that is damaged, nothing. */
  blockEvenly(bucket: number, page: number): readonly (readonly [id: number, samples: EvenSamples | Samples])[] {
    const key = blockKey(bucket, page);
    const row = this.#file.get('select data from block where id = ?', key);
    if (row === undefined) return [];
    try {
      return [...decodeBlockEvenly(key, bucket * blockMs, row['data'] as Uint8Array)];
    } catch {
      this.#damaged();
      return [];
    }
  }

  /** Of the blocks of [fromMs, toMs). */
  blockKeys(fromMs: number, toMs: number): { readonly bucket: number; readonly page: number }[] {
    const rows = this.#file.all(
      'select id from block where id >= ? and id < ? order by id',
      blockKey(Math.floor(fromMs / blockMs), 0),
      Math.min(blockKey(Math.ceil(toMs / blockMs), 0), Number.MAX_SAFE_INTEGER),
    );
    return rows.map(({ id }) => ({ bucket: bucketOfKey(id as number), page: pageOfKey(id as number) }));
  }

  get oldestBlockMs(): number | undefined {
    const id = this.#file.get('select min(id) as id from block')?.['id'];
    return typeof id === 'number' ? bucketOfKey(id) * blockMs : undefined;
  }

  dropBlocksBefore(untilMs: number): void {
    const bucket = Math.floor(untilMs / blockMs);
    this.#file.run('delete from block where id < ?', blockKey(bucket, 0));
    this.#file.run('delete from bucket where id < ?', bucket);
  }

  /** Hours that were closed before some of their samples came, with the pages of these. */
  late(): Map<number, number[]> {
    const hours = new Map<number, number[]>();
    for (const { start, page } of this.#file.all('select start, page from late')) {
      const pages = hours.get(start as number);
      if (pages === undefined) hours.set(start as number, [page as number]);
      else pages.push(page as number);
    }
    return hours;
  }

  addLate(hourStartMs: number, page: number): void {
    this.#file.run('insert or ignore into late values (?, ?)', hourStartMs, page);
  }

  dropLate(hourStartMs: number): void {
    this.#file.run('delete from late where start = ?', hourStartMs);
  }

  /** Which seconds of a block's time had a tick: one byte each. */
  seconds(bucket: number): Uint8Array | undefined {
    const seconds = this.#file.get('select seconds from bucket where id = ?', bucket)?.['seconds'];
    return seconds instanceof Uint8Array ? seconds : undefined;
  }

  setSeconds(bucket: number, seconds: Uint8Array): void {
    this.#file.run('insert or replace into bucket values (?, ?)', bucket, seconds);
  }

  close(): void {
    this.#file.close();
  }
}

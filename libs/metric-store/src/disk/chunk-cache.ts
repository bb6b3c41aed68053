/** One row of one file: an hour of a page. */
interface CachedRow {
  /** Every series that the row has; undefined: there is no row. */
  readonly ids: ReadonlySet<number> | undefined;
  readonly chunks: Map<number, Uint8Array>;
  bytes: number;
}

/** What a row costs besides its chunks, about. */
const rowBytes = 300;
const idBytes = 40;
const chunkBytes = 160;

/** Chunks of hours that were unpacked lately, within a bound: dashboards ask for the same ones again and again. */
export class ChunkCache {
  readonly #mostBytes: number;
  /** By file and key, the least lately asked for first. */
  readonly #rows = new Map<string, Map<number, CachedRow>>();
  readonly #order = new Map<CachedRow, readonly [path: string, key: number]>();
  #bytes = 0;

  /** Zero: nothing is kept. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The wanted chunks of a row; undefined unless every wanted one is here, or known not to be in the row. */
  find(path: string, key: number, wanted: ReadonlySet<number>): Map<number, Uint8Array> | undefined {
    const row = this.#rows.get(path)?.get(key);
    if (row === undefined) return undefined;
    const found = new Map<number, Uint8Array>();
    for (const id of wanted) {
      const chunk = row.chunks.get(id);
      if (chunk !== undefined) found.set(id, chunk);
      else if (row.ids?.has(id) === true) return undefined;
    }
    const place = this.#order.get(row) as readonly [string, number];
    this.#order.delete(row);
    this.#order.set(row, place);
    return found;
  }

  /** Of a row as it is in the file now; `ids` undefined when the file has none. */
  keep(path: string, key: number, ids: readonly number[] | undefined, chunks: ReadonlyMap<number, Uint8Array>): void {
    if (this.#mostBytes === 0) return;
    let ofFile = this.#rows.get(path);
    if (ofFile === undefined) this.#rows.set(path, (ofFile = new Map<number, CachedRow>()));
    let row = ofFile.get(key);
    if (row === undefined) {
      const bytes = rowBytes + (ids?.length ?? 0) * idBytes;
      row = { ids: ids === undefined ? undefined : new Set(ids), chunks: new Map(), bytes };
      ofFile.set(key, row);
      this.#order.set(row, [path, key]);
      this.#bytes += bytes;
    }
    for (const [id, chunk] of chunks) {
      if (row.chunks.has(id)) continue;
      row.chunks.set(id, chunk);
      row.bytes += chunk.length + chunkBytes;
      this.#bytes += chunk.length + chunkBytes;
    }
    this.bound();
  }

  /** The row is about to be written. */
  forget(path: string, key: number): void {
    const row = this.#rows.get(path)?.get(key);
    if (row !== undefined) this.remove(row);
  }

  /** The file is closed, or gone. */
  forgetFile(path: string): void {
    for (const row of [...(this.#rows.get(path)?.values() ?? [])]) this.remove(row);
  }

  private bound(): void {
    for (const row of this.#order.keys()) {
      if (this.#bytes <= this.#mostBytes) return;
      this.remove(row);
    }
  }

  private remove(row: CachedRow): void {
    const [path, key] = this.#order.get(row) as readonly [string, number];
    this.#order.delete(row);
    this.#bytes -= row.bytes;
    const ofFile = this.#rows.get(path);
    ofFile?.delete(key);
    if (ofFile?.size === 0) this.#rows.delete(path);
  }
}

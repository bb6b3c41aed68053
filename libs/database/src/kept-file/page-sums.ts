import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/**
 * A checksum of every page of the database file as of its last checkpoint. SQLite has none of its own: a bit that flips inside a row
 * would be read as if it had been written.
 */
export interface PageSums {
  /** Which writing of the file they belong to; a copy that was put in its place has another. */
  readonly generation: number;
  readonly pageSize: number;
  /** Of page 1, 2, ... */
  readonly sums: Uint32Array;
  /** The log whose content is in them already. */
  readonly log: { readonly salts: readonly [number, number]; readonly frames: number };
}

const magic = 0x54575331;
const headerWords = 7;

export function sumOf(page: Uint8Array): number {
  return crc32(page);
}

/** Undefined when there are none, or they are damaged themselves. */
export function readPageSums(path: string): PageSums | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  if (bytes.length < headerWords * 4 + 4 || bytes.length % 4 !== 0) return undefined;
  const body = bytes.subarray(0, -4);
  if (bytes.readUInt32LE(0) !== magic || crc32(body) !== bytes.readUInt32LE(body.length)) return undefined;
  const count = bytes.readUInt32LE(12);
  if (body.length !== (headerWords + count) * 4) return undefined;
  const sums = new Uint32Array(count);
  for (let i = 0; i < count; i++) sums[i] = bytes.readUInt32LE((headerWords + i) * 4);
  return {
    generation: bytes.readUInt32LE(4),
    pageSize: bytes.readUInt32LE(8),
    sums,
    log: { salts: [bytes.readUInt32LE(16), bytes.readUInt32LE(20)], frames: bytes.readUInt32LE(24) },
  };
}

/** Whether there are checksums of pages, whole or not. */
export function holdsPageSums(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > (headerWords + 1) * 4;
}

/** On disk, wholly or not at all, when it returns. */
export function writePageSums(path: string, { generation, pageSize, sums, log }: PageSums): void {
  const bytes = Buffer.alloc((headerWords + sums.length + 1) * 4);
  const header = [magic, generation, pageSize, sums.length, ...log.salts, log.frames];
  header.forEach((word, i) => bytes.writeUInt32LE(word, i * 4));
  sums.forEach((sum, i) => bytes.writeUInt32LE(sum, (headerWords + i) * 4));
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  const partial = `${path}.partial`;
  try {
    const file = openSync(partial, 'w', 0o600);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } catch (thrown) {
    rmSync(partial, { force: true });
    throw thrown;
  }
}

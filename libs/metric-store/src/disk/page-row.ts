import { crc32 } from 'node:zlib';
import { ByteReader, DamagedError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { readEvenSamples, readSamples, writeSamples, type EvenSamples, type Samples } from '../codec/samples.ts';
import { unpackedAll } from '../codec/unpacked.ts';
import { firstOfPage, pageOfKey } from './layout.ts';
import { checksum, seal, unseal } from './sealed.ts';

/** Samples of the series of one page, by series id. */
export type PageSamples = ReadonlyMap<number, Samples>;

/** Five minutes of a page: written once, read a few times, so compressed as a whole. */
export function encodeBlock(key: number, originMs: number, page: PageSamples): Uint8Array {
  const writer = new ByteWriter();
  for (const [id, samples] of page) {
    writer.varint(id - firstOfPage(pageOfKey(key)));
    writeSamples(writer, samples, originMs, false);
  }
  return seal(writer.finish(), key, 3);
}

/** Throws DamagedError. */
export function decodeBlock(key: number, originMs: number, bytes: Uint8Array): Map<number, Samples> {
  const reader = new ByteReader(unseal(bytes, key));
  const page = new Map<number, Samples>();
  while (!reader.done) page.set(firstOfPage(pageOfKey(key)) + reader.varint(), readSamples(reader, originMs));
  return page;
}

/** As `decodeBlock`, one series after the other, and without writing out times that are even. */
export function* decodeBlockEvenly(
  key: number,
  originMs: number,
  bytes: Uint8Array,
): IterableIterator<readonly [id: number, samples: EvenSamples | Samples]> {
  const reader = new ByteReader(unseal(bytes, key));
  while (!reader.done) yield [firstOfPage(pageOfKey(key)) + reader.varint(), readEvenSamples(reader, originMs)];
}

/** An hour of a page: a directory, then one chunk for each series, so that one is read without the others. */
export function encodeHour(key: number, originMs: number, page: PageSamples): Uint8Array {
  const directory = new ByteWriter();
  const chunks = new ByteWriter();
  directory.varint(page.size);
  for (const [id, samples] of page) {
    const writer = new ByteWriter();
    writeSamples(writer, samples, originMs, true);
    const chunk = writer.finish();
    directory.varint(id - firstOfPage(pageOfKey(key)));
    directory.varint(chunk.length);
    directory.varint(checksum(chunk, key + id));
    chunks.bytes(chunk);
  }
  const head = directory.finish();
  const row = new ByteWriter();
  row.varint(crc32(head, key >>> 0));
  row.varint(head.length);
  row.bytes(head);
  row.bytes(chunks.finish());
  return row.finish();
}

/** Told of chunks that are left out because they are not as they were written. */
export interface HourOptions {
  /** All without it. */
  readonly wanted?: ReadonlySet<number>;
  readonly damaged: () => void;
}

/**
 * The wanted series of an hour. What is damaged is left out and told of. Throws DamagedError when not even the directory can be read.
 */
export function decodeHour(
  key: number,
  originMs: number,
  bytes: Uint8Array,
  options: HourOptions,
): Map<number, Samples> {
  const page = new Map<number, Samples>();
  for (const [id, chunk] of hourChunks(key, bytes, options).chunks) {
    try {
      page.set(id, readSamples(new ByteReader(chunk), originMs));
    } catch {
      options.damaged();
    }
  }
  return page;
}

export interface HourChunks {
  /** Every series that the hour has. */
  readonly ids: readonly number[];
  /** The wanted ones' chunks for `readSamples`, nothing in them compressed. */
  readonly chunks: Map<number, Uint8Array>;
}

/** As `decodeHour`, short of the last step. */
export function hourChunks(key: number, bytes: Uint8Array, options: HourOptions): HourChunks {
  const reader = new ByteReader(bytes);
  const wantedChecksum = reader.varint();
  const head = reader.bytes(reader.varint());
  if (crc32(head, key >>> 0) !== wantedChecksum) throw new DamagedError('the checksum of a directory does not fit');
  const directory = new ByteReader(head);
  const ids: number[] = [];
  const packed = new Map<number, Uint8Array>();
  for (let left = directory.varint(); left > 0; left--) {
    const id = firstOfPage(pageOfKey(key)) + directory.varint();
    const length = directory.varint();
    const chunkChecksum = directory.varint();
    ids.push(id);
    try {
      const chunk = reader.bytes(length);
      if (options.wanted?.has(id) === false) continue;
      if (checksum(chunk, key + id) !== chunkChecksum) throw new DamagedError('a checksum does not fit');
      packed.set(id, chunk);
    } catch {
      options.damaged();
    }
  }
  return { ids, chunks: unpacked(packed, options.damaged) };
}

function unpacked(packed: ReadonlyMap<number, Uint8Array>, damaged: () => void): Map<number, Uint8Array> {
  try {
    const bodies = unpackedAll([...packed.values()]);
    return new Map([...packed.keys()].map((id, i) => [id, bodies[i] as Uint8Array]));
  } catch {
    // One of them, but which?
    const found = new Map<number, Uint8Array>();
    for (const [id, chunk] of packed) {
      try {
        found.set(id, unpackedAll([chunk])[0] as Uint8Array);
      } catch {
        damaged();
      }
    }
    return found;
  }
}

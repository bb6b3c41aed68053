import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { skimSamples } from './samples.ts';
import { decompressAll } from './zstd.ts';

interface PackedPart {
  /** Where the part, its length included, lies in its chunk. */
  readonly from: number;
  readonly to: number;
  readonly packed: Uint8Array;
}

/** Goes over a chunk without decoding it, and notes which of its parts are compressed. */
class PartFinder extends ByteReader {
  readonly found: PackedPart[] = [];

  override part(): Uint8Array {
    const from = this.position;
    const head = this.varint();
    const packed = this.bytes(Math.floor(head / 2));
    if (head % 2 === 1) this.found.push({ from, to: this.position, packed });
    return new Uint8Array(0);
  }

  override double(): void {
    this.bytes(8);
  }
}

/**
 * The same chunks of samples with nothing in them compressed: they are read as before, and quickly. All parts of all chunks are unpacked
 * together. Throws when one is not what was written.
 */
export function unpackedAll(chunks: readonly Uint8Array[]): Uint8Array[] {
  const parts = chunks.map((chunk) => {
    const finder = new PartFinder(chunk);
    skimSamples(finder);
    return finder.found;
  });
  const bodies = decompressAll(parts.flatMap((ofChunk) => ofChunk.map(({ packed }) => packed)));
  let next = 0;
  return chunks.map((chunk, i) => {
    const ofChunk = parts[i] as readonly PackedPart[];
    const unpacked = bodies.slice(next, next + ofChunk.length).reduce((sum, { length }) => sum + length + 8, 0);
    const writer = new ByteWriter(chunk.length + unpacked);
    let at = 0;
    for (const { from, to } of ofChunk) {
      writer.bytes(chunk.subarray(at, from));
      writer.part(bodies[next++] as Uint8Array, false);
      at = to;
    }
    writer.bytes(chunk.subarray(at));
    return writer.finish();
  });
}

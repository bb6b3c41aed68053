import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** No row is longer when it is not damaged. */
const longest = 2 ** 30;
/** Given just the room that it needs, zstd goes round once more to see whether that was all. */
const spare = 64;
const mostAtOnce = 2 ** 26;

/** Told its length, zstd takes no more memory than that needs. */
export function compress(bytes: Uint8Array, level: number): Uint8Array {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    pledgedSrcSize: bytes.length,
  });
}

export function decompress(bytes: Uint8Array): Uint8Array {
  const size = contentSize(bytes);
  // In one piece: by default the answer is made of pieces of 16 kB, which are then put together.
  const chunkSize = size === undefined || size > mostAtOnce ? 2 ** 16 : size + spare;
  const buffer = zstdDecompressSync(bytes, { maxOutputLength: longest, chunkSize });
  // Not as a Buffer, whose slice() would be no copy.
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** Each as `decompress` gives it, by one call: making an unpacker costs several times what unpacking a few kilobytes does. */
export function decompressAll(packed: readonly Uint8Array[]): Uint8Array[] {
  if (packed.length < 2) return packed.map(decompress);
  const sizes = packed.map(contentSize);
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? Infinity), 0);
  if (total > mostAtOnce) return packed.map(decompress);
  // Frames one after the other are what zstd takes for one stream.
  const all = zstdDecompressSync(Buffer.concat(packed), { maxOutputLength: longest, chunkSize: total + spare });
  if (all.length !== total) return packed.map(decompress);
  let at = 0;
  return sizes.map((size) => {
    const from = at;
    at += size ?? 0;
    return new Uint8Array(all.buffer, all.byteOffset + from, at - from);
  });
}

const magic = 0xfd2fb528;

/** What the head of a frame says about its content (RFC 8878, 3.1.1.1); undefined when it says nothing that can be used. */
export function contentSize(frame: Uint8Array): number | undefined {
  if (frame.length < 6) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (view.getUint32(0, true) !== magic) return undefined;
  const descriptor = view.getUint8(4);
  const inOneSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const at = 5 + (inOneSegment ? 0 : 1) + dictionaryBytes;
  const form = descriptor >> 6;
  if (frame.length < at + 2 ** form) return undefined;
  if (form === 1) return view.getUint16(at, true) + 256;
  if (form === 2) return view.getUint32(at, true);
  return form === 0 && inOneSegment ? view.getUint8(at) : undefined;
}

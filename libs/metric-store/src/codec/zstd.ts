import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** No row is longer when it is not damaged. */
const longest = 2 ** 30;

/** Told its length, zstd takes no more memory than that needs. */
export function compress(bytes: Uint8Array, level: number): Uint8Array {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    pledgedSrcSize: bytes.length,
  });
}

export function decompress(bytes: Uint8Array): Uint8Array {
  const buffer = zstdDecompressSync(bytes, { maxOutputLength: longest });
  // Not as a Buffer, whose slice() would be no copy.
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

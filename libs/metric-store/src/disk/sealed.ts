import { crc32 } from 'node:zlib';
import { DamagedError } from '../codec/byte-reader.ts';
import { compress, decompress } from '../codec/zstd.ts';

/** Compressed, behind a checksum that also covers the place it belongs to: a row that turns up elsewhere is damaged, too. */
export function seal(bytes: Uint8Array, place: number, level: number): Uint8Array {
  const packed = compress(bytes, level);
  const sealed = new Uint8Array(packed.length + 4);
  new DataView(sealed.buffer).setUint32(0, checksum(packed, place));
  sealed.set(packed, 4);
  return sealed;
}

/** Throws DamagedError when a bit is not as it was written. */
export function unseal(sealed: Uint8Array, place: number): Uint8Array {
  if (sealed.length < 4) throw new DamagedError('a row is too short');
  const packed = sealed.subarray(4);
  const wanted = new DataView(sealed.buffer, sealed.byteOffset, 4).getUint32(0);
  if (checksum(packed, place) !== wanted) throw new DamagedError('a checksum does not fit');
  return decompress(packed);
}

export function checksum(bytes: Uint8Array, place: number): number {
  return crc32(bytes, (place ^ Math.floor(place / 2 ** 32)) >>> 0);
}

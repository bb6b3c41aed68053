import { decompress } from './zstd.ts';

/** Thrown where bytes are not what was written. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

/** Reads what a ByteWriter wrote; throws DamagedError past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** How many bytes have been read. */
  get position(): number {
    return this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new DamagedError('the data end too early');
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const next = this.byte();
      value += (next & 127) * scale;
      if (next < 128) return value;
      scale *= 128;
    }
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(into: Float64Array, index: number): void {
    new Uint8Array(into.buffer, into.byteOffset + index * 8, 8).set(this.bytes(8));
  }

  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw new DamagedError('the data end too early');
    const found = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return found;
  }

  part(): Uint8Array {
    const head = this.varint();
    const bytes = this.bytes(Math.floor(head / 2));
    return head % 2 === 1 ? decompress(bytes) : bytes;
  }
}

import { compress } from './zstd.ts';

const level = 3;
/** Below this, a frame's own header eats what it saves. */
const leastToCompress = 24;

/** Grows as it is written to. Integers are LEB128 varints, doubles little-endian. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  signed(value: number): void {
    this.varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  /** Eight bytes of an array of doubles, so that a NaN keeps its payload. */
  double(values: Float64Array, index: number): void {
    this.bytes(new Uint8Array(values.buffer, values.byteOffset + index * 8, 8));
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Bytes with their length, compressed where that makes them shorter. */
  part(bytes: Uint8Array, compressed: boolean): void {
    const packed = compressed && bytes.length >= leastToCompress ? compress(bytes, level) : bytes;
    const shorter = packed.length < bytes.length;
    this.varint((shorter ? packed.length : bytes.length) * 2 + (shorter ? 1 : 0));
    this.bytes(shorter ? packed : bytes);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  private reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

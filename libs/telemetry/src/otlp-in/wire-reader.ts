import { MalformedRequestError } from './pushed-request.js';

const utf8 = new TextDecoder();

/** Wire types of Protocol Buffers (protobuf.dev, "Encoding"). */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Reads one Protocol Buffers message field by field. Throws MalformedRequestError where the bytes are none. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  readonly #end: number;
  #field = 0;
  #type = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
  }

  /** Goes to the next field and gives its number; 0 at the end of the message. */
  next(): number {
    if (this.#at >= this.#end) return 0;
    const tag = Number(this.#varint());
    this.#field = Math.floor(tag / 8);
    this.#type = tag % 8;
    if (this.#field === 0) throw new MalformedRequestError('a field has the number 0');
    return this.#field;
  }

  get wireType(): number {
    return this.#type;
  }

  /** The message in this field. */
  message(): WireReader {
    const [start, end] = this.#extent();
    return new WireReader(this.#bytes, start, end);
  }

  text(): string {
    const [start, end] = this.#extent();
    return utf8.decode(this.#bytes.subarray(start, end));
  }

  base64(): string {
    const [start, end] = this.#extent();
    return Buffer.from(this.#bytes.subarray(start, end)).toString('base64');
  }

  bool(): boolean {
    return this.varint() !== 0;
  }

  /** An unsigned number. */
  varint(): number {
    this.#expect(wire.varint);
    return Number(this.#varint());
  }

  /** A signed number as int64 has it: in two's complement. */
  int64(): number {
    this.#expect(wire.varint);
    return Number(BigInt.asIntN(64, this.#varint()));
  }

  double(): number {
    this.#expect(wire.fixed64);
    return this.#view.getFloat64(this.#take(8), true);
  }

  fixed64(): bigint {
    this.#expect(wire.fixed64);
    return this.#view.getBigUint64(this.#take(8), true);
  }

  sfixed64(): bigint {
    this.#expect(wire.fixed64);
    return this.#view.getBigInt64(this.#take(8), true);
  }

  /** Numbers of eight bytes: all of a packed field, or the one of an unpacked field. */
  repeated64(into: number[], read: 'double' | 'fixed64'): void {
    if (this.#type === wire.fixed64) {
      into.push(read === 'double' ? this.double() : Number(this.fixed64()));
      return;
    }
    const [start, end] = this.#extent();
    if ((end - start) % 8 !== 0) throw new MalformedRequestError('a list of numbers is cut short');
    for (let at = start; at < end; at += 8) {
      into.push(read === 'double' ? this.#view.getFloat64(at, true) : Number(this.#view.getBigUint64(at, true)));
    }
  }

  skip(): void {
    switch (this.#type) {
      case wire.varint:
        this.#varint();
        return;
      case wire.fixed64:
        this.#take(8);
        return;
      case wire.bytes:
        this.#extent();
        return;
      case wire.fixed32:
        this.#take(4);
        return;
      default:
        throw new MalformedRequestError(`field ${this.#field} has the unknown wire type ${this.#type}`);
    }
  }

  #extent(): readonly [number, number] {
    this.#expect(wire.bytes);
    const length = Number(this.#varint());
    const start = this.#take(length);
    return [start, start + length];
  }

  #expect(type: number): void {
    if (this.#type === type) return;
    throw new MalformedRequestError(`field ${this.#field} has wire type ${this.#type}, expected ${type}`);
  }

  #take(length: number): number {
    const start = this.#at;
    if (length > this.#end - start) throw new MalformedRequestError(`field ${this.#field} ends after its message`);
    this.#at += length;
    return start;
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#take(1)] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new MalformedRequestError('a number is longer than ten bytes');
  }
}

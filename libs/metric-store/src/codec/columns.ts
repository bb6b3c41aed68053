import { DamagedError, type ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { decimalsOf, readDecimals, writeDecimals } from './decimals.ts';
import { readDoubles, writeDoubles } from './doubles.ts';
import { pickedBits, type Picks } from './picks.ts';
import { fractionsOf, readFractions, writeFractions } from './fractions.ts';

/** Of the first byte of a column; kept in files, so never given another meaning. */
const constant = 1;
const decimals = 2;
const fractions = 3;
const doubles = 4;

/** Writes any doubles so that every bit comes back; at least one value. */
export function writeColumn(writer: ByteWriter, values: Float64Array, compress: boolean): void {
  if (isConstant(values)) {
    writer.byte(constant);
    writer.double(values, 0);
    return;
  }
  const asDecimals = decimalsOf(values);
  if (asDecimals !== undefined) {
    writer.byte(decimals);
    writeDecimals(writer, asDecimals, values, compress);
    return;
  }
  const plain = new ByteWriter();
  writeDoubles(plain, values, compress);
  const asFractions = fractionsOf(values);
  if (asFractions !== undefined) {
    const shorter = new ByteWriter();
    writeFractions(shorter, asFractions, values, compress);
    if (shorter.length < plain.length) {
      writer.byte(fractions);
      writer.bytes(shorter.finish());
      return;
    }
  }
  writer.byte(doubles);
  writer.bytes(plain.finish());
}

/** `picks`: only these of the values are wanted. */
export function readColumn(reader: ByteReader, count: number, picks?: Picks): Float64Array {
  const form = reader.byte();
  switch (form) {
    case constant: {
      const values = new Float64Array(picks?.length ?? count);
      if (values.length === 0) reader.bytes(8);
      else reader.double(values, 0);
      // Copied as bytes: a NaN that travels as a number may lose its payload.
      const bytes = new Uint8Array(values.buffer);
      for (let filled = 8; filled < bytes.length; filled *= 2) bytes.copyWithin(filled, 0, filled);
      return values;
    }
    case decimals:
      return readDecimals(reader, count, picks);
    case fractions:
      return readFractions(reader, count, picks);
    case doubles:
      return pickedBits(readDoubles(reader, count), picks);
    default:
      throw new DamagedError(`a column has the unknown form ${form}`);
  }
}

function isConstant(values: Float64Array): boolean {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let i = 2; i < words.length; i += 2) if (words[i] !== words[0] || words[i + 1] !== words[1]) return false;
  return true;
}

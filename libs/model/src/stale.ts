/**
 * Prometheus' stale marker: a NaN with the bit pattern 0x7ff0000000000002 (value.StaleNaN). JavaScript may not keep a NaN's
 * payload while it travels as a number, so the marker is written to and recognised in Float64Arrays by its bits alone.
 */
const high = 0x7ff00000;
const low = 0x00000002;
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const lowAt = littleEndian ? 0 : 1;

export function writeStale(values: Float64Array, index: number): void {
  const words = wordsOf(values, index);
  words[lowAt] = low;
  words[1 - lowAt] = high;
}

export function isStale(values: Float64Array, index: number): boolean {
  const value = values[index] as number;
  if (value === value) return false; // only a NaN can be the marker, and comparing is cheaper than making a view
  const words = wordsOf(values, index);
  return words[lowAt] === low && words[1 - lowAt] === high;
}

function wordsOf(values: Float64Array, index: number): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset + index * 8, 2);
}

import type { Value } from './value.js';
import { isList, MapValue, typeName } from './value.js';

/** Go counts a string's bytes. */
export function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (isList(value)) return BigInt(value.length);
  if (value instanceof MapValue) return BigInt(value.size);
  throw new Error(value === undefined ? 'len of nil pointer' : `len of type ${typeName(value)}`);
}

export function indexed(item: Value, path: readonly Value[]): Value {
  return path.reduce<Value>(step, item);
}

function step(item: Value, key: Value): Value {
  if (item === undefined) throw new Error('index of untyped nil');
  if (item instanceof MapValue) {
    if (typeof key !== 'string') throw new Error(`value has type ${typeName(key)}; should be string`);
    return item.get(key);
  }
  if (isList(item)) return item[position(key, item.length - 1)];
  if (typeof item === 'string') {
    const bytes = Buffer.from(item);
    return BigInt(bytes[position(key, bytes.length - 1)] as number);
  }
  throw new Error(`can't index item of type ${typeName(item)}`);
}

export function sliced(item: Value, bounds: readonly Value[]): Value {
  if (bounds.length > 3) throw new Error(`too many slice indexes: ${bounds.length}`);
  if (typeof item !== 'string' && !isList(item)) throw new Error(`can't slice item of type ${typeName(item)}`);
  if (typeof item === 'string' && bounds.length === 3) throw new Error('cannot 3-index slice a string');
  const whole = typeof item === 'string' ? Buffer.from(item) : item;
  const from = bounds.length > 0 ? position(bounds[0], whole.length) : 0;
  const to = bounds.length > 1 ? position(bounds[1], whole.length) : whole.length;
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  const part = whole.slice(from, to);
  return Buffer.isBuffer(part) ? part.toString() : part;
}

function position(key: Value, last: number): number {
  if (typeof key !== 'bigint') throw new Error(`cannot index slice/array with type ${typeName(key)}`);
  if (key < 0n || key > BigInt(last)) throw new Error(`index out of range: ${key}`);
  return Number(key);
}

import type { Labels } from '@tapewatch/model';

/**
 * A value inside a template, as Go has it: int is bigint, float64 is number. `undefined` is no value at all: nil, or what a map
 * of anything has for a missing key.
 */
export type Value = string | number | bigint | boolean | undefined | readonly Value[] | MapValue | StructValue;

/** What Go's named types of lists and maps can do besides holding items. */
export interface ItemMethods {
  readonly typeName: string;
  /** How it prints itself, where it does not as its items. */
  readonly text?: () => string;
  /** Without arguments; they look like fields. */
  readonly plain: Readonly<Record<string, () => Value>>;
  /** With one argument. */
  readonly ofOne?: Readonly<Record<string, (argument: Value) => Value>>;
}

/** A list with methods. */
export class ListValue extends Array<Value> {
  methods: ItemMethods | undefined;

  /** What is made of it is a plain list. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  static with(items: readonly Value[], methods: ItemMethods): ListValue {
    const list = new ListValue();
    list.push(...items);
    list.methods = methods;
    return list;
  }
}

/** The methods of a list or a map that has any. */
export function methodsOf(value: Value): ItemMethods | undefined {
  return value instanceof ListValue || value instanceof MapValue ? value.methods : undefined;
}

/** A map with string keys. */
export class MapValue {
  readonly typeName: string;
  readonly methods: ItemMethods | undefined;
  readonly #entries: ReadonlyMap<string, Value>;
  /** What a missing key gives. */
  readonly #zero: Value;

  private constructor(typeName: string, entries: ReadonlyMap<string, Value>, zero: Value, methods?: ItemMethods) {
    this.typeName = methods?.typeName ?? typeName;
    this.methods = methods;
    this.#entries = entries;
    this.#zero = zero;
  }

  static ofStrings(entries: Iterable<readonly [string, string]>, methods?: ItemMethods): MapValue {
    return new MapValue('map[string]string', new Map(entries), '', methods);
  }

  static ofLabels(labels: Labels): MapValue {
    return MapValue.ofStrings(labels.entries());
  }

  static ofAnything(entries: Iterable<readonly [string, Value]>): MapValue {
    return new MapValue('map[string]interface {}', new Map(entries), undefined);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value {
    return this.#entries.has(key) ? this.#entries.get(key) : this.#zero;
  }

  /** Sorted, as Go ranges over maps and prints them. */
  sorted(): readonly (readonly [string, Value])[] {
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }
}

/** How a struct prints itself, and its methods that take one text. */
interface StructMethods {
  readonly text: () => string;
  readonly ofText: Readonly<Record<string, (argument: string) => Value>>;
}

/** A value with a fixed set of fields (or methods without arguments, which look the same); asking for another is an error. */
export class StructValue {
  readonly typeName: string;
  readonly #fields: Readonly<Record<string, () => Value>>;
  readonly #methods: StructMethods | undefined;

  constructor(typeName: string, fields: Readonly<Record<string, () => Value>>, methods?: StructMethods) {
    this.typeName = typeName;
    this.#fields = fields;
    this.#methods = methods;
  }

  /** Where it has a text of its own, as Go's Stringer. */
  get text(): string | undefined {
    return this.#methods?.text();
  }

  /** The method of that name that takes one text. */
  method(name: string): ((argument: string) => Value) | undefined {
    const methods = this.#methods?.ofText ?? {};
    return Object.hasOwn(methods, name) ? methods[name] : undefined;
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#fields, field);
  }

  get(field: string): Value {
    return this.#fields[field]?.();
  }

  values(): readonly Value[] {
    return Object.values(this.#fields).map((field) => field());
  }
}

/** One series of a query's answer. */
export const sampleType = '*template.sample';
export const queryResultType = 'template.queryResult';

export function sampleOf(labels: Labels, value: number): StructValue {
  const map = MapValue.ofLabels(labels);
  return new StructValue(sampleType, { Labels: () => map, Value: () => value });
}

/** Go's name of a value's type, for messages. */
export function typeName(value: Value): string {
  if (value === undefined) return '<nil>';
  if (value instanceof MapValue || value instanceof StructValue) return value.typeName;
  if (isList(value)) return methodsOf(value)?.typeName ?? queryResultType;
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float64';
    default:
      return 'bool';
  }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** What `if` and `with` go by: everything is true but false, 0, nil and what is empty. */
export function isTrue(value: Value): boolean {
  if (value === undefined) return false;
  if (isList(value)) return value.length > 0;
  if (value instanceof MapValue) return value.size > 0;
  if (value instanceof StructValue) return true;
  return typeof value === 'number' ? value !== 0 : Boolean(value);
}

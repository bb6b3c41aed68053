/**
 * The label set of a series or an alert: immutable, sorted by name, without empty values
 * (in Prometheus' data model a label with an empty value is the same as no label).
 */
export class Labels {
  static readonly EMPTY = new Labels([], []);

  readonly names: readonly string[];
  readonly values: readonly string[];
  #key: string | undefined;

  private constructor(names: readonly string[], values: readonly string[]) {
    this.names = names;
    this.values = values;
  }

  static of(record: Readonly<Record<string, string>>): Labels {
    return Labels.fromEntries(Object.entries(record));
  }

  /** Later entries win over earlier ones of the same name. */
  static fromEntries(entries: Iterable<readonly [string, string]>): Labels {
    const last = new Map(entries);
    const names = [...last.keys()].filter((name) => last.get(name) !== '').sort(compare);
    if (names.length === 0) return Labels.EMPTY;
    return new Labels(
      names,
      names.map((name) => last.get(name) as string),
    );
  }

  /** Of what another one's `names` and `values` were: sorted, each name once, no value empty. It is not looked into. */
  static fromSorted(names: readonly string[], values: readonly string[]): Labels {
    return names.length === 0 ? Labels.EMPTY : new Labels(names, values);
  }

  get size(): number {
    return this.names.length;
  }

  /** The value of a label; '' when there is none. */
  get(name: string): string {
    const i = this.names.indexOf(name);
    return i < 0 ? '' : (this.values[i] as string);
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** A string that two label sets share exactly when they are equal. */
  get key(): string {
    if (this.#key !== undefined) return this.#key;
    let key = '';
    for (let i = 0; i < this.names.length; i++)
      key += `${this.names[i] as string}\u0000${this.values[i] as string}\u0001`;
    this.#key = key;
    return key;
  }

  equals(other: Labels): boolean {
    return this === other || this.key === other.key;
  }

  with(record: Readonly<Record<string, string>>): Labels {
    return Labels.fromEntries([...this.entries(), ...Object.entries(record)]);
  }

  without(...names: readonly string[]): Labels {
    if (!names.some((name) => this.has(name))) return this;
    return this.filter((name) => !names.includes(name));
  }

  keep(...names: readonly string[]): Labels {
    return this.filter((name) => names.includes(name));
  }

  filter(wanted: (name: string) => boolean): Labels {
    const names: string[] = [];
    const values: string[] = [];
    for (let i = 0; i < this.names.length; i++) {
      if (!wanted(this.names[i] as string)) continue;
      names.push(this.names[i] as string);
      values.push(this.values[i] as string);
    }
    return names.length === 0 ? Labels.EMPTY : new Labels(names, values);
  }

  *entries(): IterableIterator<readonly [string, string]> {
    for (let i = 0; i < this.names.length; i++) yield [this.names[i] as string, this.values[i] as string];
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.entries());
  }

  toJSON(): Record<string, string> {
    return this.toObject();
  }

  /** As Prometheus prints it: `{a="1", b="2"}`; with a metric name: `name{a="1"}`. */
  toString(): string {
    const name = this.get('__name__');
    const pairs = [...this.entries()]
      .filter(([label]) => label !== '__name__')
      .map(([label, value]) => `${quoteName(label)}=${JSON.stringify(value)}`);
    if (name !== '' && legacyName.test(name)) return pairs.length === 0 ? name : `${name}{${pairs.join(', ')}}`;
    return `{${[...(name === '' ? [] : [JSON.stringify(name)]), ...pairs].join(', ')}}`;
  }

  /**
   * 64-bit FNV-1a over names and values as 16 hex digits, bytes separated by 0xff:
   * the fingerprint of Prometheus' common/model, which Alertmanager shows.
   */
  fingerprint(): string {
    return fnv1a(this.names.flatMap((name, i) => [name, this.values[i] as string]));
  }
}

const utf8 = new TextEncoder();
const ascii = /^[\u0000-\u007f]*$/;

/**
 * Of the bytes of the texts, 0xff behind each. In two halves of 32 bits, as BigInt takes many times as long, which thousands of
 * alerts at once would feel. The prime is 2^40 + 0x1b3.
 */
function fnv1a(texts: readonly string[]): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const text of texts) {
    const bytes = ascii.test(text) ? undefined : utf8.encode(text);
    const length = bytes?.length ?? text.length;
    for (let i = 0; i <= length; i++) {
      const byte = i === length ? 0xff : bytes === undefined ? text.charCodeAt(i) : (bytes[i] as number);
      const mixed = (low ^ byte) >>> 0;
      const product = mixed * 0x1b3;
      low = product >>> 0;
      high = (high * 0x1b3 + Math.floor(product / 0x1_0000_0000) + mixed * 0x100) >>> 0;
    }
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

const legacyName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

function quoteName(name: string): string {
  return legacyName.test(name) ? name : JSON.stringify(name);
}

/** Code unit order, as everywhere labels are compared; never the locale's. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

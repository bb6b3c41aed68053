import type { Problem } from '@tapewatch/model';
import { didYouMean, parseDuration } from '@tapewatch/model';
import type { Document, LineCounter, Node, Pair } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { offsetInFile } from './scalar-offset.js';

/** One parsed file and the problems found in it. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly problems: Problem[];
}

type Details = Partial<Pick<Problem, 'found' | 'allowed' | 'hint'>>;

/**
 * A value in a rule file, with its place. Reading it as something it is not adds a problem to the file and gives undefined, so
 * that one pass finds everything that is wrong.
 */
export class SourceNode {
  readonly path: string;
  readonly #source: SourceFile;
  readonly #node: Node | null;
  /** Where to point when there is no value. */
  readonly #fallback: Node | null;

  constructor(source: SourceFile, node: Node | null, path: string, fallback: Node | null = node) {
    this.#source = source;
    this.#node = isAlias(node) ? (node.resolve(source.document) ?? null) : node;
    this.path = path;
    this.#fallback = this.#node?.range == null ? fallback : this.#node;
  }

  get isEmpty(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  /** For people, as in `rules.yaml:3:5`. */
  get place(): string {
    const { line, col } = this.#source.lines.linePos(this.#fallback?.range?.[0] ?? 0);
    return `${this.#source.file}:${line}:${col}`;
  }

  /** Its entries by key, keys in `allowed` alone (any when absent), merge keys (`<<`) resolved. An empty value is an empty mapping. */
  mapping(allowed?: readonly string[]): ReadonlyMap<string, SourceNode> | undefined {
    const entries = new Map<string, SourceNode>();
    if (this.isEmpty) return entries;
    if (!isMap(this.#node)) return this.#mistyped('a mapping');
    for (const pair of this.#node.items) this.#entry(pair as Pair<Node, Node | null>, entries, allowed);
    return entries;
  }

  list(): readonly SourceNode[] | undefined {
    if (this.isEmpty) return [];
    if (!isSeq(this.#node)) return this.#mistyped('a list');
    return this.#node.items.map(
      (item, i) => new SourceNode(this.#source, item as Node | null, `${this.path}[${i}]`, this.#node),
    );
  }

  /** Any scalar as it is written, as Go's YAML reads it into a string; nothing is ''. */
  text(): string | undefined {
    if (this.isEmpty) return '';
    if (!isScalar(this.#node)) return this.#mistyped('text');
    return typeof this.#node.value === 'string' ? this.#node.value : (this.#node.source ?? String(this.#node.value));
  }

  /** Prometheus' form, in milliseconds. */
  duration(): number | undefined {
    const text = this.text();
    const ms = text === undefined ? undefined : parseDuration(text);
    if (text !== undefined && ms === undefined)
      this.problem('CONFIG_INVALID_VALUE', 'This is not a duration.', {
        found: shown(text),
        allowed: 'as in 30s, 5m, 1h30m, 1d',
      });
    return ms;
  }

  /** 0 or more. */
  count(): number | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
    return this.problem('CONFIG_INVALID_VALUE', 'This is not a count.', {
      found: shown(text),
      allowed: 'a whole number from 0',
    });
  }

  /** As Prometheus takes it: what is not above 0 is no limit, and is 0 here. */
  limit(): number | undefined {
    const text = this.text();
    return text !== undefined && /^-\d+$/.test(text) ? 0 : this.count();
  }

  /** Infinities and NaN included, as YAML or Prometheus writes them. */
  number(): number | undefined {
    const text = this.text()?.trim();
    if (text === undefined) return undefined;
    const special = /^([+-]?)\.?(inf|nan)$/i.exec(text);
    const value = special === null ? Number(text) : special[2]?.toLowerCase() === 'nan' ? NaN : Infinity;
    if (text !== '' && (special !== null || !Number.isNaN(value))) return special?.[1] === '-' ? -value : value;
    return this.problem('CONFIG_INVALID_VALUE', 'This is not a number.', { found: shown(text), allowed: 'a number' });
  }

  choice<T extends string>(allowed: readonly T[]): T | undefined {
    const text = this.text();
    const found = allowed.find((one) => one === text);
    if (text === undefined || found !== undefined) return found;
    const hint = didYouMean(text, allowed);
    const details = { found: shown(text), allowed: allowed.join(', '), ...(hint === undefined ? {} : { hint }) };
    return this.problem('CONFIG_INVALID_VALUE', 'This is not one of the choices.', details);
  }

  flag(): boolean | undefined {
    const text = this.text();
    if (text === undefined || text === 'true' || text === 'false')
      return text === undefined ? undefined : text === 'true';
    return this.problem('CONFIG_INVALID_VALUE', 'This is neither true nor false.', {
      found: shown(text),
      allowed: 'true or false',
    });
  }

  /** A mapping whose values are texts. */
  texts(): Readonly<Record<string, string>> {
    const entries = [...(this.mapping() ?? [])];
    return Object.fromEntries(entries.map(([name, value]) => [name, value.text() ?? '']));
  }

  /** As JavaScript data, for schemas. */
  data(): unknown {
    return this.#node?.toJS(this.#source.document, { maxAliasCount: 100 });
  }

  /** The value or its nearest parent at a path below this one. */
  descendant(path: readonly PropertyKey[]): SourceNode {
    const [first, ...rest] = path;
    if (first === undefined) return this;
    const name = String(first);
    if (isMap(this.#node)) {
      const pair = this.#node.items.find(({ key }) => isScalar(key) && String(key.value) === name) as
        Pair<Node, Node> | undefined;
      if (pair !== undefined)
        return new SourceNode(this.#source, pair.value, joined(this.path, name), pair.key).descendant(rest);
    }
    const item: unknown = isSeq(this.#node) ? this.#node.items[Number(name)] : undefined;
    return item === undefined
      ? this
      : new SourceNode(this.#source, item as Node, `${this.path}[${name}]`).descendant(rest);
  }

  /** Adds a problem at this value, or at a character of its text. */
  problem(code: Problem['code'], message: string, details: Details = {}, valueOffset?: number): undefined {
    const { file, text, lines, problems } = this.#source;
    const start = this.#fallback?.range?.[0] ?? 0;
    const offset =
      valueOffset !== undefined && isScalar(this.#node) ? offsetInFile(text, this.#node, valueOffset) : start;
    const { line, col } = lines.linePos(offset);
    problems.push({
      code,
      message,
      file,
      line,
      column: col,
      ...(this.path === '' ? {} : { path: this.path }),
      ...details,
    });
  }

  #entry(
    pair: Pair<Node, Node | null>,
    entries: Map<string, SourceNode>,
    allowed: readonly string[] | undefined,
  ): void {
    const key = new SourceNode(this.#source, pair.key, this.path);
    const name = key.text();
    if (name === undefined) return;
    const child = new SourceNode(this.#source, pair.value, joined(this.path, name), pair.key);
    if (name === '<<') return child.#mergeInto(entries, allowed);
    if (allowed !== undefined && !allowed.includes(name)) {
      const hint = didYouMean(name, allowed);
      new SourceNode(this.#source, pair.key, child.path).problem(
        'CONFIG_UNKNOWN_KEY',
        'This field is not known here.',
        {
          found: shown(name),
          allowed: allowed.join(', '),
          ...(hint === undefined ? {} : { hint }),
        },
      );
      return;
    }
    entries.set(name, child);
  }

  /** What is merged in never replaces what is written out. */
  #mergeInto(entries: Map<string, SourceNode>, allowed: readonly string[] | undefined): void {
    const merged = isSeq(this.#node) ? (this.list() ?? []) : [this];
    for (const source of merged)
      for (const [name, child] of source.mapping(allowed) ?? []) if (!entries.has(name)) entries.set(name, child);
  }

  #mistyped(wanted: string): undefined {
    const found = isMap(this.#node) ? 'a mapping' : isSeq(this.#node) ? 'a list' : shown(this.text() ?? '');
    return this.problem('CONFIG_INVALID_VALUE', `This must be ${wanted}.`, { found, allowed: wanted });
  }
}

function joined(path: string, name: string): string {
  const step = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
  return path === '' ? step : `${path}.${step}`;
}

/** A value for a message: quoted and short. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

import { parseDuration, type Problem } from '@tapewatch/model';
import { formatPath } from '../path.js';
import type { TreePath } from '../path.js';
import type { Locate } from '../tapewatch-config.js';

export type Mapping = Readonly<Record<string, unknown>>;

/** Where an import puts what it finds wrong, and what it has to leave out. */
export interface Findings {
  readonly locate: Locate;
  readonly problems: Problem[];
  readonly warnings: Problem[];
  /** The text of a file that the imported file names, without the line end behind it; rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<string>;
}

/** One mapping of an imported file: values are text, as Alertmanager's own reader takes them. */
export class Entry {
  readonly #values: Mapping;
  readonly #path: TreePath;
  readonly #findings: Findings;
  readonly #left = new Set<string>();

  constructor(values: unknown, path: TreePath, findings: Findings) {
    this.#values = mappingOf(values);
    this.#path = path;
    this.#findings = findings;
    for (const key of Object.keys(this.#values)) this.#left.add(key);
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined && this.#values[key] !== null;
  }

  /** A text; undefined when there is none, or an empty one that does not count. A mapping or list in its place is a problem. */
  text(key: string, emptyCounts = false): string | undefined {
    const value = this.value(key);
    if (value === '' && !emptyCounts) return undefined;
    if (value === undefined || typeof value === 'string') return value;
    this.problem(key, 'Wrong type.', 'text');
    return undefined;
  }

  number(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined || /^-?\d+$/.test(text)) return text === undefined ? undefined : Number(text);
    this.problem(key, 'Not a whole number.', 'a whole number');
    return undefined;
  }

  /** In milliseconds; undefined when there is none, or one of 0, which Alertmanager does not count either. */
  duration(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    if (ms === undefined) this.problem(key, 'Not a duration.', 'a duration such as 500ms or 10s');
    return ms === 0 ? undefined : ms;
  }

  flag(key: string): boolean | undefined {
    const text = this.text(key);
    if (text === undefined || text === 'true' || text === 'false')
      return text === undefined ? undefined : text === 'true';
    this.problem(key, 'Neither true nor false.', 'true, false');
    return undefined;
  }

  /** A list of texts; one alone may stand without the list. */
  list(key: string): readonly string[] {
    const value = this.value(key);
    if (typeof value === 'string') return [value];
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.problem(key, 'Wrong type.', 'a list of texts');
    return [];
  }

  entry(key: string): Entry | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : new Entry(value, [...this.#path, key], this.#findings);
  }

  /** Texts by name, as in `headers`. */
  texts(key: string): Record<string, string> {
    const inner = this.entry(key);
    return Object.fromEntries((inner?.keys() ?? []).flatMap((name) => [[name, inner?.text(name) ?? '']]));
  }

  /** A secret that stands here, or in the file that `key_file` names. */
  async secret(key: string): Promise<string | undefined> {
    const written = this.text(key);
    const file = this.text(`${key}_file`);
    if (written !== undefined && file !== undefined) {
      this.problem(`${key}_file`, `There is ${key} already; take one of the two out.`);
      return written;
    }
    if (file === undefined) return written;
    try {
      return (await this.#findings.readFile(file)).trim();
    } catch {
      this.problem(`${key}_file`, 'This file cannot be read.', undefined, 'CONFIG_NOT_FOUND');
      return undefined;
    }
  }

  keys(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** What nobody has asked for by now: known to Alertmanager, it has no effect here and is named; unknown to it, it is a mistake. */
  finish(known: readonly string[]): void {
    this.refuseUnknown(known);
    for (const key of [...this.#left]) if (known.includes(key) && this.has(key)) this.leaveOut(key);
    this.#left.clear();
  }

  refuseUnknown(known: readonly string[]): void {
    for (const key of this.keys()) {
      if (known.includes(key)) continue;
      this.problem(key, `There is no key ${JSON.stringify(key)} here.`, known.join(', '), 'CONFIG_UNKNOWN_KEY');
    }
  }

  /** It is good, and has no effect here. */
  leaveOut(key: string, message = 'This has no counterpart in Tapewatch and has no effect.'): void {
    this.#left.delete(key);
    this.#findings.warnings.push(this.told(key, 'CONFIG_NOT_SUPPORTED', message));
  }

  problem(key: string, message: string, allowed?: string, code: Problem['code'] = 'CONFIG_INVALID_VALUE'): void {
    this.#findings.problems.push({ ...this.told(key, code, message), ...(allowed === undefined ? {} : { allowed }) });
  }

  private value(key: string): unknown {
    this.#left.delete(key);
    return this.#values[key] ?? undefined;
  }

  private told(key: string, code: Problem['code'], message: string): Problem {
    const path = [...this.#path, key];
    const { file, line, column } = this.#findings.locate(path);
    return { code, message, file, line, column, path: formatPath(path) };
  }
}

function mappingOf(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

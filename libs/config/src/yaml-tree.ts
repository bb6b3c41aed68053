import { messageOf } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node, Pair, Scalar, YAMLError, YAMLMap } from 'yaml';
import { maxFileBytes } from './disk-source.js';
import { formatPath } from './path.js';
import type { TreePath } from './path.js';
import { substitute } from './substitution.js';
import type { SubstitutionFault, SubstitutionSource } from './substitution.js';
import type { Locate, Place } from './tapewatch-config.js';

const maxDepth = 64;
const maxNodes = 100_000;
const maxAliasCount = 100;

/** A YAML file whose references are resolved: plain values, and where each of them stands. */
export interface YamlTree {
  /** The root mapping; empty when the file is unreadable or has none. */
  readonly root: Readonly<Record<string, unknown>>;
  readonly locate: Locate;
  readonly problems: readonly Problem[];
}

/** Never throws: what is wrong with the text is in `problems`. `file` is only a name here. */
export async function readYamlTree(file: string, text: string, source: SubstitutionSource): Promise<YamlTree> {
  try {
    const parsed = parsedDocument(file, text, 'core');
    if ('problems' in parsed) return parsed;
    const { document, places } = parsed;
    const problems = await resolveReferences(places, source);
    return { locate: places.locate, ...rootOf(document, file, problems) };
  } catch (error) {
    return unreadable(file, faultOf(error));
  }
}

/**
 * The same for a file that another program reads too, one that takes `2`, `yes` or `1.10` as text where it wants text: every value is the
 * text that was written, keys without a value are as good as absent, and nothing is substituted.
 */
export function readTextTree(file: string, text: string): YamlTree {
  try {
    const parsed = parsedDocument(file, text, 'failsafe');
    if ('problems' in parsed) return parsed;
    const { document, places } = parsed;
    visit(document, {
      Scalar(_key, node) {
        if (node.type === 'PLAIN' && /^(?:|~|null|Null|NULL)$/.test(node.source ?? '')) node.value = null;
      },
    });
    const { root, problems } = rootOf(document, file, []);
    return { locate: places.locate, root: withoutNulls(root) as YamlTree['root'], problems };
  } catch (error) {
    return unreadable(file, faultOf(error));
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}

function parsedDocument(
  file: string,
  text: string,
  schema: 'core' | 'failsafe',
): YamlTree | { readonly document: Document; readonly places: Places } {
  if (text.length > maxFileBytes) {
    return unreadable(file, { message: 'The file is too large.', allowed: `at most ${maxFileBytes} bytes` });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    stringKeys: true,
    schema,
  });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) return failed(file, syntaxProblems(file, text, faults, lines));
  return { document, places: new Places(file, document, lines) };
}

/** Text that is nested thousands of levels deep ends in a RangeError, a bomb of aliases in a ReferenceError. */
function faultOf(error: unknown): SubstitutionFault {
  return { message: error instanceof RangeError ? 'The file is nested too deeply.' : `${messageOf(error)}.` };
}

function unreadable(file: string, fault: SubstitutionFault): YamlTree {
  return failed(file, [{ code: 'CONFIG_SYNTAX', file, line: 1, column: 1, ...fault }]);
}

function failed(file: string, problems: readonly Problem[]): YamlTree {
  return { root: {}, problems, locate: () => ({ file, line: 1, column: 1 }) };
}

function rootOf(document: Document, file: string, problems: readonly Problem[]): Pick<YamlTree, 'root' | 'problems'> {
  const root: unknown = document.toJS({ maxAliasCount });
  if (root === null || root === undefined) return { root: {}, problems };
  const fault = isRecord(root) ? excess(root) : { message: 'The file must hold a mapping of keys to values.' };
  if (fault === undefined) return { root: withoutEmptySections(root as Record<string, unknown>), problems };
  return { root: {}, problems: [...problems, { code: 'CONFIG_SYNTAX', file, line: 1, column: 1, ...fault }] };
}

/** `checks:` with nothing behind it is what remains when every entry was commented out: it means the same as no key. */
function withoutEmptySections(root: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(root).filter(([, value]) => value !== null));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Aliases make circles and very large trees possible; everything behind this walks the tree recursively. */
function excess(root: unknown): SubstitutionFault | undefined {
  let nodes = 0;
  const stack: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (++nodes > maxNodes) return { message: 'The file holds too many values.', allowed: `at most ${maxNodes}` };
    if (top.depth > maxDepth)
      return { message: 'The file is nested too deeply.', allowed: `at most ${maxDepth} levels` };
    if (typeof top.value !== 'object' || top.value === null) continue;
    for (const value of Object.values(top.value)) stack.push({ value, depth: top.depth + 1 });
  }
  return undefined;
}

/** After a token that does not fit, the parser finds fault with all that follows: the first of those is the one to mend. */
function syntaxProblems(
  file: string,
  text: string,
  faults: readonly YAMLError[],
  lines: LineCounter,
): readonly Problem[] {
  const first = faults.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN' || code === 'RESOURCE_EXHAUSTION');
  const telling = first < 0 ? faults : faults.slice(0, first + 1);
  return telling.map((fault) => syntaxProblem(file, text, fault, lines));
}

const ownWords: Partial<Record<YAMLError['code'], string>> = {
  TAG_RESOLVE_FAILED: 'YAML tags are not used here',
  NON_STRING_KEY: 'A key must be plain text',
  RESOURCE_EXHAUSTION: 'The file is nested too deeply',
};

const quotation = /: .*$/s;

/** The parser's messages can quote the text, and with it a secret: they are cut before the quotation. */
function syntaxProblem(file: string, text: string, fault: YAMLError, lines: LineCounter): Problem {
  const { line, col } = lines.linePos(fault.pos[0]);
  const message = ownWords[fault.code] ?? fault.message.replace(quotation, '');
  const unquoted =
    fault.code === 'UNEXPECTED_TOKEN' && text.startsWith('{', fault.pos[0]) && text[fault.pos[0] - 1] === '$';
  return {
    code: 'CONFIG_SYNTAX',
    message: `${message}.`,
    file,
    line: Math.max(1, line),
    column: Math.max(1, col),
    ...(unquoted ? { hint: 'Between { } or [ ] a reference must stand in quotes: "${env:NAME}".' } : {}),
  };
}

async function resolveReferences(places: Places, source: SubstitutionSource): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { scalar, path } of places.textScalars()) {
    const result = await substitute(scalar.value, source);
    scalar.value = result.text;
    if (result.substituted) places.markSubstituted(scalar);
    const { file, line, column } = places.of(scalar);
    for (const fault of result.faults) {
      problems.push({ code: 'CONFIG_SUBSTITUTION', file, line, column, path: formatPath(path), ...fault });
    }
  }
  return problems;
}

/** Where the nodes of a document stand, and which of them hold substituted text. */
class Places {
  readonly #file: string;
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #substituted = new WeakSet<Scalar>();

  constructor(file: string, document: Document, lines: LineCounter) {
    this.#file = file;
    this.#document = document;
    this.#lines = lines;
  }

  /** The key of an entry, the item of a list; the nearest parent when there is no such thing. */
  readonly locate: Locate = (path) => {
    let anchor: unknown = this.#document.contents;
    let node = this.resolved(anchor);
    for (const key of path) {
      const next = this.step(node, key);
      if (next === undefined) return this.of(anchor);
      anchor = next.anchor;
      node = this.resolved(next.value);
    }
    return { ...this.of(anchor), ...(this.holdsSubstituted(node) ? { substituted: true } : {}) };
  };

  of(node: unknown): Place {
    const range = isNode(node) ? node.range : undefined;
    const { line, col } = this.#lines.linePos(range?.[0] ?? 0);
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  markSubstituted(scalar: Scalar): void {
    this.#substituted.add(scalar);
  }

  textScalars(): readonly { readonly scalar: Scalar<string>; readonly path: TreePath }[] {
    const found: { scalar: Scalar<string>; path: TreePath }[] = [];
    visit(this.#document, {
      Scalar(key, node, ancestors) {
        if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
        found.push({ scalar: node as Scalar<string>, path: pathTo(ancestors, node) });
      },
    });
    return found;
  }

  private holdsSubstituted(node: unknown): boolean {
    return isScalar(node) && this.#substituted.has(node);
  }

  private resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  private step(node: unknown, key: string | number): { readonly anchor: unknown; readonly value: unknown } | undefined {
    if (isSeq(node)) {
      const item = typeof key === 'number' ? node.items[key] : undefined;
      return item === undefined ? undefined : { anchor: item, value: item };
    }
    if (!isMap(node)) return undefined;
    const pair = node.items.find((entry) => keyText(entry) === String(key));
    if (pair !== undefined) return { anchor: pair.key, value: pair.value };
    return this.stepMerged(node, key);
  }

  /** Entries that a `<<` brings in stand where they were written. */
  private stepMerged(map: YAMLMap, key: string | number): ReturnType<Places['step']> {
    for (const entry of map.items) {
      if (keyText(entry) !== '<<') continue;
      const merged = this.resolved(entry.value);
      const sources = isSeq(merged) ? merged.items.map((item) => this.resolved(item)) : [merged];
      for (const source of sources) {
        const found = source === map ? undefined : this.step(source, key);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }
}

function keyText(pair: Pair): string {
  const key: unknown = isScalar(pair.key) ? pair.key.value : pair.key;
  return typeof key === 'symbol' ? (key.description ?? '') : String(key); // the parser gives the merge key as a symbol
}

function pathTo(ancestors: readonly (Document | Node | Pair)[], node: Node): TreePath {
  const path: (string | number)[] = [];
  const chain = [...ancestors, node];
  chain.forEach((step, i) => {
    if (isSeq(step)) path.push(step.items.indexOf(chain[i + 1]));
    else if ('key' in step && 'value' in step) path.push(keyText(step));
  });
  return path;
}

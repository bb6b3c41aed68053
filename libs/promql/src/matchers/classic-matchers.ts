import type { Matcher, MatchOperator } from '@tapewatch/model';
import { PromqlError } from '../errors.js';
import { SourceText } from '../syntax/source-range.js';
import { createMatcher, formatMatchers } from './matcher.js';
import { parseMatchers } from './parse-matchers.js';

/**
 * Reads matchers as Alertmanager does with both of its syntaxes allowed: the newer one, in which names may be quoted (`parseMatchers`),
 * and where that fails or differs the classic one, in which a value needs no quotes whatever it holds and `\d` is `\d`. Throws the
 * newer syntax's PromqlError when neither can read the text.
 */
export function readMatchers(text: string): Matcher[] {
  const newer = attempt(() => parseMatchers(text));
  const classic = attempt(() => parseClassicMatchers(text));
  if (classic.ok && (!newer.ok || formatMatchers(newer.value) !== formatMatchers(classic.value))) return classic.value;
  if (newer.ok) return newer.value;
  throw newer.error;
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, error };
  }
}

/** `foo=bar, baz=~"x|y"`, with or without braces, as Alertmanager up to 0.26 read it. Throws PromqlError. */
export function parseClassicMatchers(text: string): Matcher[] {
  const inner = text.replace(/^\{/, '').replace(/\}$/, '');
  return partsOf(inner).map((part) => parseClassicMatcher(part, text));
}

/** Commas separate, but not within quotes; a last one may stand alone. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  let escaped = false;
  for (const character of text) {
    if (character === ',' && !quoted) {
      parts.push(part);
      part = '';
      continue;
    }
    if (character === '"' && !escaped) quoted = !quoted;
    escaped = character === '\\' && !escaped;
    part += character;
  }
  return part.trim() === '' ? parts : [...parts, part.trim()];
}

// `=~` before `=`, or the tilde would belong to the value.
const shape = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*([^]*?)\s*$/;

function parseClassicMatcher(part: string, text: string): Matcher {
  const at = Math.max(0, text.indexOf(part));
  const range = new SourceText(text).range(at, at + part.length);
  const [, name, operator, raw] = shape.exec(part) ?? [];
  if (name === undefined || operator === undefined || raw === undefined)
    throw new PromqlError(`${JSON.stringify(part)} is no matcher`, range);
  const value = unquoted(raw);
  if (value === undefined) throw new PromqlError(`a double quote stands unescaped within ${raw}`, range);
  try {
    return createMatcher(name, operator as MatchOperator, value);
  } catch (error) {
    throw new PromqlError((error as Error).message, range);
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/** OpenMetrics' escapes; any other backslash stands for itself. Undefined when a quote stands where none may. */
function unquoted(raw: string): string | undefined {
  const quoted = raw.startsWith('"');
  const body = quoted ? raw.slice(1) : raw;
  let value = '';
  for (let i = 0; i < body.length; i++) {
    const character = body[i] as string;
    if (character === '"') return quoted && i === body.length - 1 ? value : undefined;
    const next = body[i + 1];
    if (character !== '\\' || next === undefined) {
      value += character;
      continue;
    }
    value += escapes[next] ?? `\\${next}`;
    i++;
  }
  return quoted ? undefined : value;
}

import { didYouMean } from '@tapewatch/model';
import type { Problem } from '@tapewatch/model';
import { describeFound } from './describe-found.js';
import { formatPath, valueAt } from './path.js';
import type { TreePath } from './path.js';
import type { Locate } from './tapewatch-config.js';

/** A Standard Schema issue; what zod tells besides is used when it is there. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export interface SchemaProblemContext {
  /** Where things stand in the file. */
  readonly locate: Locate;
  /** Where the checked part lies in the tree; issue paths are relative to it. */
  readonly at: TreePath;
  /** The part that was checked. */
  readonly input: unknown;
  /** The keys that the schema knows at a path relative to `at`; see `knownKeysOf`. */
  readonly knownKeys?: (path: TreePath) => readonly string[];
}

/** One issue of zod's, with the fields that some of its codes have. */
interface ZodIssue extends SchemaIssue {
  readonly code?: string;
  readonly expected?: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean;
  readonly origin?: string;
  readonly format?: string;
  readonly params?: { readonly allowed?: string; readonly hint?: string; readonly missing?: boolean };
}

type Facts = Pick<Problem, 'code' | 'message' | 'allowed' | 'hint'>;

/** What a schema found wrong, as problems with place, found value, allowed values and "did you mean". Never prints secrets. */
export function problemsFromSchema(issues: readonly SchemaIssue[], context: SchemaProblemContext): readonly Problem[] {
  return issues.flatMap((issue: ZodIssue) => {
    const path = pathOf(issue);
    if (issue.code === 'unrecognized_keys') return (issue.keys ?? []).map((key) => unknownKey(key, path, context));
    const value = valueAt(context.input, path);
    const full = [...context.at, ...path];
    const { file, line, column, substituted } = context.locate(full);
    const found = describeFound(value, full, substituted);
    const { code, message, allowed, hint } = factsOf(issue, value, found === '<secret>');
    return [
      {
        code,
        message,
        file,
        line,
        column,
        path: formatPath(full),
        ...(found === undefined ? {} : { found }),
        ...(allowed === undefined ? {} : { allowed }),
        ...(hint === undefined ? {} : { hint }),
      },
    ];
  });
}

function pathOf(issue: SchemaIssue): TreePath {
  return (issue.path ?? []).map((part) => {
    const key = typeof part === 'object' ? part.key : part;
    return typeof key === 'symbol' ? String(key) : key;
  });
}

function unknownKey(key: string, parent: TreePath, context: SchemaProblemContext): Problem {
  const full = [...context.at, ...parent, key];
  const { file, line, column } = context.locate(full);
  const known = context.knownKeys?.(parent) ?? [];
  const hint = didYouMean(key, known);
  return {
    code: 'CONFIG_UNKNOWN_KEY',
    message: `There is no key ${JSON.stringify(key)} here.`,
    file,
    line,
    column,
    path: formatPath(full),
    ...(known.length === 0 ? {} : { allowed: known.join(', ') }),
    ...(hint === undefined ? {} : { hint }),
  };
}

function factsOf(issue: ZodIssue, value: unknown, secret: boolean): Facts {
  if (value === undefined && (issue.code === 'invalid_type' || issue.params?.missing === true)) return missing(issue);
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue, value);
    case 'invalid_value':
      return notOneOf(issue, value, secret);
    case 'too_small':
      return invalid('Too small.', limit(issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue));
    case 'too_big':
      return invalid('Too large.', limit(issue.inclusive === false ? 'less than' : 'at most', issue.maximum, issue));
    case 'custom':
      return invalid(issue.message, issue.params?.allowed, issue.params?.hint);
    default:
      return invalid(sentence(issue.message));
  }
}

function invalid(message: string, allowed?: string, hint?: string): Facts {
  return {
    code: 'CONFIG_INVALID_VALUE',
    message,
    ...(allowed === undefined ? {} : { allowed }),
    ...(hint === undefined ? {} : { hint }),
  };
}

function missing(issue: ZodIssue): Facts {
  const allowed = issue.params?.allowed ?? typeWord(issue.expected);
  return { code: 'CONFIG_MISSING', message: 'This key is required.', ...(allowed === undefined ? {} : { allowed }) };
}

function wrongType(issue: ZodIssue, value: unknown): Facts {
  const unquoted = issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean');
  return invalid('Wrong type.', typeWord(issue.expected), unquoted ? 'Put it in quotes.' : undefined);
}

function notOneOf(issue: ZodIssue, value: unknown, secret: boolean): Facts {
  const words = (issue.values ?? []).map(String);
  const hint = typeof value === 'string' && !secret ? didYouMean(value, words) : undefined;
  return invalid('Not one of the allowed values.', words.join(', '), hint);
}

function limit(relation: string, bound: number | bigint | undefined, issue: ZodIssue): string | undefined {
  if (bound === undefined) return undefined;
  const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
  return `${relation} ${bound}${unit}`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  nonoptional: 'a value',
};

function typeWord(expected: string | undefined): string | undefined {
  return expected === undefined ? undefined : (typeWords[expected] ?? expected);
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

import type { Labels } from '@tapewatch/model';
import { parseDuration } from '@tapewatch/model';
import { equals, equalsAny, lessOrEqual, lessThan } from './comparison.js';
import { humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp } from './humanize.js';
import { indexed, lengthOf, sliced } from './indexing.js';
import { sprint, sprintf } from './print.js';
import { matchesAnywhere, replaceAll } from './regular-expression.js';
import { escapeHtml, escapeJs, escapeQuery, stripDomain, stripPort, title } from './text-functions.js';
import { toDuration, toTime } from './time-values.js';
import type { StructValue, Value } from './value.js';
import { isTrue, MapValue, sampleOf } from './value.js';

/** What functions reach beyond their arguments. */
export interface Surroundings {
  readonly externalUrl: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Absent: `query` fails. */
  readonly query?: (promql: string) => readonly { readonly labels: Labels; readonly value: number }[];
}

export type Parameter = 'any' | 'string' | 'sample' | 'vector';

export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** The type of any number of further arguments. */
  readonly rest?: Parameter;
  call(args: readonly Value[], surroundings: Surroundings): Value;
}

/** Functions of Go's templates that have no use here. */
const refused: Readonly<Record<string, string>> = {
  call: 'no value is a function',
};

/** What needs more than values: `and` and `or` leave arguments unevaluated, `tmpl` runs another template. */
const ofTheEvaluator: readonly string[] = ['and', 'or', 'tmpl'];

/** Why a function cannot be called, or undefined when it can. */
export function refusalOf(name: string): string | undefined {
  if (functionNamed(name) !== undefined || ofTheEvaluator.includes(name)) return undefined;
  const why = Object.hasOwn(refused, name) ? refused[name] : undefined;
  if (why !== undefined) return `function ${JSON.stringify(name)} is not available here: ${why}`;
  return `function ${JSON.stringify(name)} not defined`;
}

export function functionNamed(name: string): TemplateFunction | undefined {
  return Object.hasOwn(functions, name) ? functions[name] : undefined;
}

export function of(parameters: readonly Parameter[], call: (...args: Value[]) => Value): TemplateFunction {
  return { parameters, call: (args) => call(...args) };
}

export function ofText(call: (text: string) => Value): TemplateFunction {
  return of(['string'], (text) => call(text as string));
}

export function ofMany(
  call: (values: readonly Value[]) => Value,
  parameters: readonly Parameter[] = [],
): TemplateFunction {
  return { parameters, rest: 'any', call };
}

/** Those of Go's text/template itself. */
export const builtIn: Readonly<Record<string, TemplateFunction>> = {
  not: of(['any'], (value) => !isTrue(value)),
  eq: ofMany(([first, ...others]) => equalsAny(first, others), ['any']),
  ne: of(['any', 'any'], (a, b) => !equals(a, b)),
  lt: of(['any', 'any'], lessThan),
  le: of(['any', 'any'], lessOrEqual),
  gt: of(['any', 'any'], (a, b) => !lessOrEqual(a, b)),
  ge: of(['any', 'any'], (a, b) => !lessThan(a, b)),
  len: of(['any'], lengthOf),
  index: ofMany(([item, ...path]) => indexed(item, path), ['any']),
  slice: ofMany(([item, ...bounds]) => sliced(item, bounds), ['any']),
  print: ofMany(sprint),
  println: ofMany((values) => `${values.map((value) => sprint([value])).join(' ')}\n`),
  printf: ofMany(([format, ...values]) => sprintf(format as string, values), ['string']),
  html: ofMany((values) => escapeHtml(sprint(values))),
  urlquery: ofMany((values) => escapeQuery(sprint(values))),
  js: ofMany((values) => escapeJs(sprint(values))),
};

const ofPrometheus: Readonly<Record<string, TemplateFunction>> = {
  humanize: of(['any'], humanize),
  humanize1024: of(['any'], humanize1024),
  humanizeDuration: of(['any'], humanizeDuration),
  humanizePercentage: of(['any'], humanizePercentage),
  humanizeTimestamp: of(['any'], humanizeTimestamp),
  toTime: of(['any'], toTime),
  toDuration: of(['any'], toDuration),
  title: ofText(title),
  toUpper: ofText((text) => text.toUpperCase()),
  toLower: ofText((text) => text.toLowerCase()),
  stripPort: ofText(stripPort),
  stripDomain: ofText(stripDomain),
  safeHtml: ofText((text) => text),
  urlQueryEscape: ofText(escapeQuery),
  // Paths of Prometheus' own pages, so that its files say the same here.
  graphLink: ofText((expression) => `/graph?g0.expr=${escapeQuery(expression)}&g0.tab=0`),
  tableLink: ofText((expression) => `/graph?g0.expr=${escapeQuery(expression)}&g0.tab=1`),
  match: of(['string', 'string'], (pattern, text) => matchesAnywhere(pattern as string, text as string)),
  reReplaceAll: of(['string', 'string', 'string'], (pattern, replacement, text) =>
    replaceAll(pattern as string, replacement as string, text as string),
  ),
  parseDuration: ofText(secondsOf),
  args: ofMany((values) => MapValue.ofAnything(values.map((value, i) => [`arg${i}`, value]))),
  first: of(['vector'], (vector) => firstOf(vector as readonly Value[])),
  value: of(['sample'], (sample) => (sample as StructValue).get('Value')),
  label: of(['string', 'sample'], (name, sample) => labelOf(sample, name as string)),
  strvalue: of(['sample'], (sample) => labelOf(sample, '__value__')),
  sortByLabel: of(['string', 'vector'], (name, vector) => sortedByLabel(name as string, vector as readonly Value[])),
  now: { parameters: [], call: (_, { at }) => at / 1000 },
  externalURL: { parameters: [], call: (_, { externalUrl }) => externalUrl },
  pathPrefix: { parameters: [], call: (_, { externalUrl }) => pathOf(externalUrl) },
  query: {
    parameters: ['string'],
    call([text], { query }) {
      if (query === undefined) throw new Error('no queries can be asked here');
      return query(text as string).map(({ labels, value }) => sampleOf(labels, value));
    },
  },
};

const functions: Readonly<Record<string, TemplateFunction>> = { ...builtIn, ...ofPrometheus };

function firstOf(vector: readonly Value[]): Value {
  if (vector.length === 0) throw new Error('first() called on vector with no elements');
  return vector[0];
}

function labelOf(sample: Value, name: string): Value {
  return ((sample as StructValue).get('Labels') as MapValue).get(name);
}

function sortedByLabel(name: string, vector: readonly Value[]): Value {
  const keyed = vector.map((sample) => ({ key: labelOf(sample, name) as string, sample }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ sample }) => sample);
}

function secondsOf(text: string): Value {
  const negative = text.startsWith('-');
  const ms = parseDuration(negative ? text.slice(1) : text);
  if (ms === undefined) throw new Error(`not a valid duration string: ${JSON.stringify(text)}`);
  return (negative ? -ms : ms) / 1000;
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.replace(/^\/$/, '') : '';
}

import { markupType } from '../evaluator.js';
import { builtIn, of, ofMany, ofText, type TemplateFunction } from '../functions.js';
import { humanizeDuration } from '../humanize.js';
import { printed } from '../print.js';
import { matchesAnywhere, replaceAll } from '../regular-expression.js';
import { title } from '../text-functions.js';
import { instantOf, timeAt, toDuration, type Zone } from '../time-values.js';
import { isList, MapValue, StructValue, type Value } from '../value.js';

/** Alertmanager's functions for messages (template/template.go, DefaultFuncs), beside those of Go's templates. */
const ofMessages: Readonly<Record<string, TemplateFunction>> = {
  toUpper: ofText((text) => text.toUpperCase()),
  toLower: ofText((text) => text.toLowerCase()),
  title: ofText(title),
  trimSpace: ofText((text) => text.trim()),
  join: of(['string', 'any'], (separator, list) =>
    itemsOf(list)
      .map(printed)
      .join(separator as string),
  ),
  match: of(['string', 'string'], (pattern, text) => matchesAnywhere(pattern as string, text as string)),
  reReplaceAll: of(['string', 'string', 'string'], (pattern, replacement, text) =>
    replaceAll(pattern as string, replacement as string, text as string),
  ),
  safeHtml: ofText(markup),
  safeUrl: ofText(markup),
  urlUnescape: ofText((text) => decodeURIComponent(text.replaceAll('+', ' '))),
  stringSlice: ofMany((values) => values),
  list: ofMany((values) => values),
  append: ofMany(([list, ...more]) => [...itemsOf(list), ...more], ['any']),
  dict: ofMany(dictionary),
  date: of(['string', 'any'], (layout, time) =>
    (timeOf(time).value.method('Format') as (text: string) => Value)(layout as string),
  ),
  tz: of(['string', 'any'], (name, time) => timeAt(timeOf(time).ms, zoneAt(name as string, timeOf(time).ms))),
  now: { parameters: [], call: (_, { at }) => timeAt(at) },
  since: { parameters: ['any'], call: ([time], { at }) => toDuration((at - timeOf(time).ms) / 1000) },
  humanizeDuration: of(['any'], humanizeDuration),
  toJson: of(['any'], (value) => JSON.stringify(plainOf(value))),
  base64encode: ofText((text) => Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_')),
  base64decode: ofText((text) => Buffer.from(text, 'base64url').toString()),
  // Labels of routes are not known here: none has any.
  routeLabels: ofText(() => ''),
};

const functions: Readonly<Record<string, TemplateFunction>> = { ...builtIn, ...ofMessages };

export function messageFunction(name: string): TemplateFunction | undefined {
  return Object.hasOwn(functions, name) ? functions[name] : undefined;
}

/** Why a function cannot be called, or undefined when it can. */
export function messageRefusal(name: string): string | undefined {
  if (messageFunction(name) !== undefined || name === 'and' || name === 'or') return undefined;
  return `function ${JSON.stringify(name)} not defined`;
}

function markup(text: string): Value {
  return new StructValue(markupType, {}, { text: () => text, ofText: {} });
}

function itemsOf(value: Value): readonly Value[] {
  if (isList(value)) return value;
  throw new Error('a list is wanted');
}

function dictionary(values: readonly Value[]): Value {
  if (values.length % 2 !== 0) throw new Error('dict requires an even number of arguments');
  const entries: [string, Value][] = [];
  for (let i = 0; i < values.length; i += 2) {
    const key = values[i];
    if (typeof key !== 'string') throw new Error('dict keys must be strings');
    entries.push([key, values[i + 1]]);
  }
  return MapValue.ofAnything(entries);
}

function timeOf(value: Value): { readonly value: StructValue; readonly ms: number } {
  const ms = instantOf(value);
  if (ms === undefined || !(value instanceof StructValue)) throw new Error('a time is wanted');
  return { value, ms };
}

/** How a zone's clocks stand at a time. Throws an Error for a zone that nobody knows. */
function zoneAt(name: string, ms: number): Zone {
  const part = (style: 'short' | 'longOffset'): string => {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: name, timeZoneName: style });
    return format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  };
  const [, sign, hours = '0', minutes = '0'] = /^GMT([+-])(\d\d):(\d\d)/.exec(part('longOffset')) ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  return { name: part('short'), offsetMinutes: sign === '-' ? -offset : offset };
}

function plainOf(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (isList(value)) return value.map(plainOf);
  if (value instanceof MapValue) return Object.fromEntries(value.sorted().map(([key, item]) => [key, plainOf(item)]));
  return value instanceof StructValue ? printed(value) : (value ?? null);
}

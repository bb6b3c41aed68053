import { formatFloat } from './number-format.js';
import type { Value } from './value.js';
import { isList, MapValue, methodsOf, StructValue, typeName } from './value.js';

/** Go's `%v`. */
export function printed(value: Value): string {
  if (value === undefined) return '<nil>';
  const ownText = methodsOf(value)?.text;
  if (ownText !== undefined) return ownText();
  if (isList(value)) return `[${value.map(printed).join(' ')}]`;
  if (value instanceof MapValue)
    return `map[${value
      .sorted()
      .map(([key, item]) => `${key}:${printed(item)}`)
      .join(' ')}]`;
  if (value instanceof StructValue) return value.text ?? `{${value.values().map(printed).join(' ')}}`;
  return typeof value === 'number' ? formatFloat(value, 'g') : String(value);
}

/** Go's Sprint: a space between two operands of which neither is a string. */
export function sprint(values: readonly Value[]): string {
  return values.reduce<string>((text, value, i) => {
    const apart = i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string';
    return `${text}${apart ? ' ' : ''}${printed(value)}`;
  }, '');
}

const directive = /%([+\-# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(?:\[(\d+)\])?([\s\S])?/gu;
/** Go's own bound on widths and precisions. */
const maxWidth = 1_000_000;
/** Ours on the text that one directive makes: annotations are read by people. */
const maxPadding = 1000;

interface Directive {
  readonly flags: string;
  readonly width: number;
  /** Absent: the verb's default. */
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Go's Sprintf for the verbs that templates use; what does not fit is marked in the text as Go marks it (`%!d(string=x)`). */
export function sprintf(format: string, values: readonly Value[]): string {
  let next = 0;
  let reordered = false;
  const take = (): Value => values[next++];
  const star = (text: string | undefined): number | undefined =>
    text === '*' ? Number(take()) : text === undefined ? undefined : Number(text);
  const text = format.replace(
    directive,
    (whole, flags: string, widthText?: string, precisionText?: string, index?: string, verb?: string) => {
      const width = star(widthText) ?? 0;
      const dotted = /^%[+\-# 0]*(?:\*|\d+)?\./.test(whole);
      const precision = star(precisionText) ?? (dotted ? 0 : undefined);
      if (verb === undefined) return '%!(NOVERB)';
      if (verb === '%') return '%';
      if (index !== undefined) {
        reordered = true;
        next = Number(index) - 1;
        if (next < 0 || next >= values.length) return `%!${verb}(BADINDEX)`;
      }
      if (!(Math.abs(width) <= maxWidth)) return '%!(BADWIDTH)';
      if (next >= values.length) return `%!${verb}(MISSING)`;
      return formatted(take(), { flags: width < 0 ? `${flags}-` : flags, width: Math.abs(width), precision, verb });
    },
  );
  const extra = values.slice(next).map((value) => `${typeName(value)}=${printed(value)}`);
  return extra.length === 0 || reordered ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatted(value: Value, directive: Directive): string {
  const text = byVerb(value, directive);
  return text === undefined ? mismatch(value, directive.verb) : text;
}

function mismatch(value: Value, verb: string): string {
  return value === undefined ? `%!${verb}(<nil>)` : `%!${verb}(${typeName(value)}=${printed(value)})`;
}

function byVerb(value: Value, directive: Directive): string | undefined {
  const { verb } = directive;
  if (verb === 'T') return pad(typeName(value), directive, false);
  if (isList(value) && verb !== 'v') return `[${value.map((item) => formatted(item, directive)).join(' ')}]`;
  switch (typeof value) {
    case 'string':
      return stringBy(value, directive);
    case 'bigint':
      return integerBy(value, directive);
    case 'number':
      return floatBy(value, directive);
    case 'boolean':
      return verb === 't' || verb === 'v' ? pad(String(value), directive, false) : undefined;
    default:
      if (verb === 's' && value instanceof StructValue && value.text !== undefined)
        return pad(value.text, directive, false);
      return verb === 'v' ? pad(printed(value), directive, false) : undefined;
  }
}

function stringBy(value: string, directive: Directive): string | undefined {
  const cut = directive.precision === undefined ? value : [...value].slice(0, directive.precision).join('');
  switch (directive.verb) {
    case 's':
    case 'v':
      return pad(cut, directive, false);
    case 'q':
      return pad(quote(cut), directive, false);
    case 'x':
      return pad(Buffer.from(cut).toString('hex'), directive, false);
    case 'X':
      return pad(Buffer.from(cut).toString('hex').toUpperCase(), directive, false);
    default:
      return undefined;
  }
}

const radix: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, x: 16, X: 16 };

function integerBy(value: bigint, directive: Directive): string | undefined {
  const { verb, flags, precision } = directive;
  const isCodePoint = value >= 0n && value <= 0x10ffffn;
  if (verb === 'c') return pad(isCodePoint ? String.fromCodePoint(Number(value)) : '\ufffd', directive, false);
  if (verb === 'q') return pad(`'${isCodePoint ? String.fromCodePoint(Number(value)) : '\ufffd'}'`, directive, false);
  if (verb === 'U') return pad(`U+${value.toString(16).toUpperCase().padStart(4, '0')}`, directive, false);
  const base = radix[verb];
  if (base === undefined) return undefined;
  const prefix = flags.includes('#') ? ({ x: '0x', X: '0X', o: '0', b: '0b' }[verb] ?? '') : '';
  const magnitude = (value < 0n ? -value : value).toString(base).padStart(Math.min(precision ?? 0, maxPadding), '0');
  const digits = verb === 'X' ? magnitude.toUpperCase() : magnitude;
  const sign = value < 0n ? '-' : plusSign(verb === 'v' ? flags.replace('+', '') : flags);
  return pad(sign + prefix + digits, directive, precision === undefined);
}

function floatBy(value: number, directive: Directive): string | undefined {
  const { verb, flags } = directive;
  const lower = verb === 'v' ? 'g' : verb.toLowerCase();
  if (lower !== 'e' && lower !== 'f' && lower !== 'g') return undefined;
  const precision = directive.precision ?? (lower === 'g' ? undefined : 6);
  const text = formatFloat(value, lower, precision === undefined ? undefined : Math.min(precision, maxPadding));
  const finite = Number.isFinite(value);
  const unsigned = text.replace(/^[+-]/, '');
  const signFlags = verb === 'v' ? flags.replace('+', '') : flags;
  const sign = text.startsWith('-')
    ? '-'
    : !finite && !Number.isNaN(value)
      ? flags.includes(' ')
        ? ' '
        : '+'
      : plusSign(signFlags);
  const cased = finite && /[EG]/.test(verb) ? unsigned.toUpperCase() : unsigned;
  return pad(sign + cased, directive, finite);
}

function plusSign(flags: string): string {
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

/** To the width, by zeros behind the sign where the flag asks for it and the value is a number. */
function pad(text: string, { flags, width }: Directive, zeros: boolean): string {
  const missing = Math.min(width, maxPadding) - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!zeros || !flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[+\- ]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** Go's strconv.Quote. */
export function quote(text: string): string {
  const content = text.replace(/["\\\u0007\b\f\n\r\t\v]|[\p{C}\p{Z}]/gu, (character) => {
    if (character === ' ') return character;
    const code = character.codePointAt(0) as number;
    const hex = code.toString(16);
    return (
      escapes[character] ??
      (code < 0x80
        ? `\\x${hex.padStart(2, '0')}`
        : code > 0xffff
          ? `\\U${hex.padStart(8, '0')}`
          : `\\u${hex.padStart(4, '0')}`)
    );
  });
  return `"${content}"`;
}

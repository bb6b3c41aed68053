/** A string literal that cannot be read; `offset` is where in the text. */
export class StringLiteralError extends Error {
  override readonly name = 'StringLiteralError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/**
 * Reads a literal in Go's syntax (`"..."`, `'...'` with escapes, or raw in backquotes) that starts at `start`, and
 * says where it ends. Bytes that are no UTF-8 (`"\xff"`) become lone surrogates, so that `isWellFormed()` tells such
 * a string from a sound one.
 */
export function readStringLiteral(text: string, start: number): { value: string; end: number } {
  const quote = text[start] as string;
  if (quote === '`') return readRaw(text, start);
  const bytes: number[] = [];
  let value = '';
  let at = start + 1;
  for (;;) {
    const character = text[at];
    if (character === undefined || character === '\n')
      throw new StringLiteralError('unterminated quoted string', start);
    if (character === '\\') {
      const escape = readEscape(text, at, quote);
      if (escape.byte === undefined) {
        value += decode(bytes) + (escape.text as string);
      } else bytes.push(escape.byte);
      at = escape.end;
      continue;
    }
    if (bytes.length > 0) value += decode(bytes);
    if (character === quote) return { value, end: at + 1 };
    value += character;
    at++;
  }
}

function readRaw(text: string, start: number): { value: string; end: number } {
  const end = text.indexOf('`', start + 1);
  if (end < 0) throw new StringLiteralError('unterminated raw string', start);
  return { value: text.slice(start + 1, end), end: end + 1 };
}

interface Escape {
  readonly end: number;
  readonly text?: string;
  /** From `\x` and octal escapes, which write single bytes of UTF-8. */
  readonly byte?: number;
}

function readEscape(text: string, at: number, quote: string): Escape {
  const letter = text[at + 1] ?? '';
  if (letter === quote) return { text: quote, end: at + 2 };
  const simple = simpleEscapes[letter];
  if (simple !== undefined) return { text: simple, end: at + 2 };
  if (letter === 'x') return { byte: digits(text, at, at + 2, 2, 16), end: at + 4 };
  if (letter === 'u') return { text: codePoint(text, at, 4), end: at + 6 };
  if (letter === 'U') return { text: codePoint(text, at, 8), end: at + 10 };
  if (letter >= '0' && letter <= '7') {
    const byte = digits(text, at, at + 1, 3, 8);
    if (byte <= 255) return { byte, end: at + 4 };
  }
  if (letter === '') throw new StringLiteralError('escape sequence not terminated', at);
  throw new StringLiteralError(`unknown escape sequence ${showCharacter(text.codePointAt(at + 1) as number)}`, at);
}

function digits(text: string, escapeAt: number, from: number, count: number, base: 8 | 16): number {
  const part = text.slice(from, from + count);
  const shape = base === 16 ? /^[0-9a-fA-F]+$/ : /^[0-7]+$/;
  if (part.length === count && shape.test(part)) return parseInt(part, base);
  throw new StringLiteralError(`an escape sequence lacks digits, expected ${count} of base ${base}`, escapeAt);
}

function codePoint(text: string, at: number, count: number): string {
  const code = digits(text, at, at + 2, count, 16);
  if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return String.fromCodePoint(code);
  throw new StringLiteralError('an escape sequence is no Unicode character', at);
}

function showCharacter(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(code)}'`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Empties `bytes` into text. */
function decode(bytes: number[]): string {
  const all = Uint8Array.from(bytes);
  bytes.length = 0;
  try {
    return utf8.decode(all);
  } catch {
    return Array.from(all, (byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join('');
  }
}

/** The literal that reads back as `value`. */
export function quoteString(value: string): string {
  let quoted = '"';
  for (const character of value) quoted += quoteCharacter(character);
  return `${quoted}"`;
}

function quoteCharacter(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) as number;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  return character;
}

import { parseDurationLiteral, parseNumber } from './number-literal.js';
import type { SourceText } from './source-range.js';
import { quoteString, readStringLiteral, StringLiteralError } from './string-literal.js';

/** `error` is the last token of a text that cannot be read any further; its text says why. */
export type TokenKind = 'word' | 'number' | 'duration' | 'string' | 'symbol' | 'end' | 'error';

export interface Token {
  readonly kind: TokenKind;
  /** As written; for a string literal its value. */
  readonly text: string;
  /** Numbers, and durations in milliseconds. */
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

const space = /[ \t\r\n]+/y;
const comment = /#[^\n]*/y;
const word = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const wordWithoutColon = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const numeric = /(?:\d|\.\d)[0-9a-zA-Z_.]*/y;
const durationFunction = /(?:step|range|min_of|max_of)\b/iy;
const endsInExponent = /^[\d_.]+[eE]$/;
const exponent = /[+-]\d[0-9a-zA-Z_.]*/y;
const symbol = /<\/|>\/|==|!=|<=|>=|[-+*/%^<>=(){[\],:@]/y;
const symbolInBraces = /=~|!~|!=|[=,}]/y;

/** Splits a text into tokens, the last of kind `end` or `error`. */
export function tokenize(source: SourceText): Token[] {
  return new Lexer(source).tokens();
}

class Lexer {
  readonly #text: string;
  #at = 0;
  #inBraces = false;
  #inBrackets = false;
  #hasDuration = false;
  #hasColon = false;
  #openParentheses = 0;

  constructor(source: SourceText) {
    this.#text = source.text;
  }

  tokens(): Token[] {
    const tokens: Token[] = [];
    try {
      for (;;) {
        this.#skipBlank();
        if (this.#at >= this.#text.length) break;
        tokens.push(this.#next());
      }
      this.#refuseOpen();
      tokens.push(this.#token('end', '', this.#at));
    } catch (error) {
      if (!(error instanceof StringLiteralError || error instanceof LexicalError)) throw error;
      const start = error instanceof LexicalError ? error.offset : this.#at;
      this.#at = Math.max(this.#at, start);
      tokens.push(this.#token('error', error.message, start));
    }
    return tokens;
  }

  #refuseOpen(): void {
    if (this.#inBraces) this.#fail('unexpected end of input inside braces', this.#at);
    if (this.#openParentheses > 0) this.#fail('unclosed left parenthesis', this.#at);
    if (this.#inBrackets) this.#fail('unclosed left bracket', this.#at);
  }

  #next(): Token {
    const start = this.#at;
    const first = this.#text[start] as string;
    if (first === '"' || first === "'" || first === '`') return this.#string(start);
    if (this.#inBraces) return this.#nextInBraces(start);
    if (this.#inBrackets) this.#checkInBrackets(start);
    const digits = this.#match(numeric);
    if (digits !== undefined) {
      this.#hasDuration = true;
      return this.#number(start, digits);
    }
    const name = this.#match(this.#inBrackets ? wordWithoutColon : word);
    if (name !== undefined) return this.#token('word', name, start);
    const after = this.#text[start + 1] ?? '\ufffd';
    if (first === '=' && after === '~') this.#fail(`unexpected character after '=': '~'`, start);
    if (first === '!' && after !== '=') this.#fail(`unexpected character after '!': '${after}'`, start);
    const sign = this.#match(symbol);
    if (sign === undefined) this.#fail(`unexpected character: '${characterAt(this.#text, start)}'`, start);
    this.#follow(sign, start);
    return this.#token('symbol', sign, start);
  }

  /** Between brackets there are durations, and the functions and operators of what experimental syntax makes of them. */
  #checkInBrackets(start: number): void {
    const first = characterAt(this.#text, start);
    if (first === ':') {
      if (!this.#hasDuration) this.#fail('unexpected colon before duration in duration expression', start + 1);
      if (this.#hasColon) this.#fail("unexpected colon ':'", start);
      this.#hasColon = true;
      return;
    }
    durationFunction.lastIndex = start;
    if (durationFunction.test(this.#text) || !this.#foreignInBrackets(first)) return;
    if (this.#hasDuration) this.#fail(`unexpected character: '${first}', expected ':'`, start);
    this.#fail(`unexpected character in duration expression: '${first}'`, start);
  }

  /** Once there is a duration only words are told here; whatever else does not fit is the parser's to tell. */
  #foreignInBrackets(character: string): boolean {
    return this.#hasDuration ? /[a-zA-Z_]/.test(character) : !/[-+*/%^(),.\]\[\d]/.test(character);
  }

  #nextInBraces(start: number): Token {
    const name = this.#match(wordWithoutColon);
    if (name !== undefined) return this.#token('word', name, start);
    const sign = this.#match(symbolInBraces);
    if (sign === '}') this.#inBraces = false;
    if (sign !== undefined) return this.#token('symbol', sign, start);
    const found = characterAt(this.#text, start);
    if (found === '{') this.#fail("unexpected left brace '{'", start);
    if (found !== '!') this.#fail(`unexpected character inside braces: '${found}'`, start);
    this.#fail(`unexpected character after '!' inside braces: '${characterAt(this.#text, start + 1)}'`, start);
  }

  /** Braces and brackets change what follows in them. */
  #follow(sign: string, start: number): void {
    if (sign === '{') this.#inBraces = true;
    else if (sign === '(') this.#openParentheses++;
    else if (sign === ')') {
      if (--this.#openParentheses < 0) this.#fail("unexpected right parenthesis ')'", this.#at);
    } else if (sign === '[') {
      if (this.#inBrackets) this.#fail("unexpected left bracket '['", start);
      this.#inBrackets = true;
      this.#hasDuration = false;
      this.#hasColon = false;
    } else if (sign === ']') {
      if (!this.#inBrackets) this.#fail("unexpected right bracket ']'", start);
      this.#inBrackets = false;
    }
  }

  #number(start: number, digits: string): Token {
    const text = endsInExponent.test(digits) ? digits + (this.#match(exponent) ?? '') : digits;
    const value = parseNumber(text);
    if (value !== undefined) return this.#token('number', text, start, value);
    const ms = parseDurationLiteral(text);
    if (ms === undefined) {
      this.#fail(`bad number or duration syntax: ${quoteString(readAsNumber(text))}`, start);
    }
    return this.#token('duration', text, start, ms);
  }

  #string(start: number): Token {
    const { value, end } = readStringLiteral(this.#text, start);
    this.#at = end;
    return this.#token('string', value, start);
  }

  #skipBlank(): void {
    while (this.#match(space) !== undefined || this.#match(comment) !== undefined);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #token(kind: TokenKind, text: string, start: number, value = NaN): Token {
    return { kind, text, value, start, end: this.#at };
  }

  #fail(reason: string, start: number): never {
    throw new LexicalError(reason, start);
  }
}

/** How far Prometheus reads what turns out to be no number. */
function readAsNumber(text: string): string {
  return (
    /^(?:0[xX][\da-fA-F_]*|[\d_.]*(?:[eE][+-]?\d+)?)(?:[smhdwy]s?(?:\d+[smhdw]s?)*(?:\d+|\w)?)?/.exec(text)?.[0] ?? text
  );
}

class LexicalError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

function characterAt(text: string, offset: number): string {
  return String.fromCodePoint(text.codePointAt(offset) ?? 0xfffd);
}

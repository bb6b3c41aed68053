import type { Token, TokenKind } from './token.js';

/** Where lexing stopped and why; the parser gives it its place. */
export class LexicalError extends Error {
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}

const spaces = /[ \t\r\n]+/y;
const word = /[\p{L}\p{Nd}_]+/uy;
const numeral =
  /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?)/y;
const quoted = /"(?:[^"\\\n]|\\[^\n])*"/y;
const raw = /`[^`]*`/y;
const character = /'(?:[^'\\\n]|\\[^\n])+'/y;
const comment = /\/\*[\s\S]*?\*\//y;

const punctuation: readonly (readonly [string, TokenKind])[] = [
  [':=', 'declare'],
  ['=', 'assign'],
  ['|', 'pipe'],
  ['(', 'open'],
  [')', 'close'],
  [',', 'comma'],
];

/** Splits a template into text and the tokens of its actions; spaces inside actions count, as `.a .b` is not `.a.b`. */
export function tokensOf(text: string): readonly Token[] {
  return new Lexer(text).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #depth = 0;
  #trimNext = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly Token[] {
    while (this.#at < this.#text.length) {
      this.#plainText();
      if (this.#at < this.#text.length) this.#action();
    }
    this.#push('end', this.#at);
    return this.#tokens;
  }

  /** Text up to the next action, trimmed where the actions beside it ask for it. */
  #plainText(): void {
    const start = this.#at;
    const found = this.#text.indexOf('{{', start);
    const end = found < 0 ? this.#text.length : found;
    let content = this.#text.slice(start, end);
    if (this.#trimNext) content = content.replace(/^[ \t\r\n]+/, '');
    if (found >= 0 && /^\{\{-[ \t\r\n]/.test(this.#text.slice(found, found + 4)))
      content = content.replace(/[ \t\r\n]+$/, '');
    this.#trimNext = false;
    this.#at = end;
    if (content !== '') this.#tokens.push({ kind: 'text', text: content, start, end });
  }

  #action(): void {
    const start = this.#at;
    this.#at += 2;
    if (/^-[ \t\r\n]/.test(this.#text.slice(this.#at, this.#at + 2))) this.#at += 2;
    if (this.#comment(start)) return;
    this.#push('left', start);
    this.#depth = 0;
    while (!this.#rightDelimiter()) this.#inside(start);
  }

  /** A comment stands alone in its action and leaves no token. */
  #comment(start: number): boolean {
    if (!this.#text.startsWith('/*', this.#at)) return false;
    const matched = this.#match(comment);
    if (matched === undefined) throw new LexicalError('unclosed comment', start);
    this.#at += matched.length;
    const close = /^([ \t\r\n]-)?\}\}/.exec(this.#text.slice(this.#at, this.#at + 4));
    if (close === null) throw new LexicalError('comment ends before closing delimiter', this.#at);
    this.#at += close[0].length;
    this.#trimNext = close[1] !== undefined;
    return true;
  }

  #rightDelimiter(): boolean {
    const close = /^(?:([ \t\r\n])-)?\}\}/.exec(this.#text.slice(this.#at, this.#at + 4));
    if (close === null) return false;
    if (this.#depth > 0) throw new LexicalError('unclosed left paren', this.#at);
    this.#push('right', this.#at, this.#at + close[0].length);
    this.#trimNext = close[1] !== undefined;
    return true;
  }

  #inside(actionStart: number): void {
    const start = this.#at;
    const next = this.#text[start];
    if (next === undefined) throw new LexicalError('unclosed action', actionStart);
    if (this.#take('space', spaces) || this.#punctuation() || this.#literal(next) || this.#number(next)) return;
    if (next === '.') return this.#fieldOrDot(start);
    if (next === '$') return this.#variable(start);
    if (this.#take('identifier', word)) return this.#expectTerminator();
    throw new LexicalError(`unrecognized character in action: ${codePoint(this.#text, start)}`, start);
  }

  #punctuation(): boolean {
    const hit = punctuation.find(([sign]) => this.#text.startsWith(sign, this.#at));
    if (hit === undefined) return false;
    const [sign, kind] = hit;
    if (kind === 'open') this.#depth++;
    if (kind === 'close' && --this.#depth < 0) throw new LexicalError('unexpected right paren', this.#at);
    this.#push(kind, this.#at, this.#at + sign.length);
    return true;
  }

  #literal(next: string): boolean {
    if (next === '"') return this.#taken('string', quoted, 'unterminated quoted string');
    if (next === '`') return this.#taken('string', raw, 'unterminated raw quoted string');
    return next === "'" && this.#taken('character', character, 'unterminated character constant');
  }

  #number(next: string): boolean {
    const second = this.#text[this.#at + 1] ?? '';
    const starts = /[0-9]/.test(next) || (/[+.-]/.test(next) && /[0-9.]/.test(second));
    if (!starts || !this.#take('number', numeral)) return false;
    if (this.#match(word) !== undefined) {
      const token = this.#tokens.at(-1) as Token;
      throw new LexicalError(
        `bad number syntax: ${JSON.stringify(this.#text.slice(token.start, this.#at + 1))}`,
        token.start,
      );
    }
    return true;
  }

  #fieldOrDot(start: number): void {
    this.#at = start + 1;
    const name = this.#match(word);
    this.#at = start;
    if (name === undefined) return this.#push('dot', start, start + 1);
    this.#tokens.push({ kind: 'field', text: name, start, end: start + 1 + name.length });
    this.#at = start + 1 + name.length;
    this.#expectTerminator();
  }

  #variable(start: number): void {
    this.#at = start + 1;
    const name = this.#match(word) ?? '';
    this.#push('variable', start, start + 1 + name.length);
    this.#expectTerminator();
  }

  /** `$value-1` is neither a difference nor two operands: Go refuses it. */
  #expectTerminator(): void {
    const next = this.#text[this.#at];
    if (next === undefined || /[ \t\r\n.,|:()=]/.test(next) || this.#text.startsWith('}}', this.#at)) return;
    throw new LexicalError(`bad character ${codePoint(this.#text, this.#at)}`, this.#at);
  }

  #taken(kind: TokenKind, pattern: RegExp, otherwise: string): boolean {
    if (!this.#take(kind, pattern)) throw new LexicalError(otherwise, this.#at);
    return true;
  }

  #take(kind: TokenKind, pattern: RegExp): boolean {
    const matched = this.#match(pattern);
    if (matched === undefined) return false;
    this.#push(kind, this.#at, this.#at + matched.length);
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  #push(kind: TokenKind, start: number, end = this.#at): void {
    this.#tokens.push({ kind, text: this.#text.slice(start, end), start, end });
    this.#at = end;
  }
}

function codePoint(text: string, offset: number): string {
  const code = text.codePointAt(offset) as number;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return code === 0xa0 || code < 0x20 ? name : `${name} '${String.fromCodePoint(code)}'`;
}

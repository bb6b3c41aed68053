import { PromqlError } from '../errors.js';
import { describeToken } from './describe-token.js';
import { tokenize } from './lexer.js';
import type { Token } from './lexer.js';
import { SourceText } from './source-range.js';
import type { SourceRange } from './source-range.js';

/** Walks over the tokens of one text and words the errors. */
export class TokenCursor {
  readonly #source: SourceText;
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(text: string) {
    this.#source = new SourceText(text);
    this.#tokens = tokenize(this.#source);
    this.#refuseError();
  }

  get current(): Token {
    return this.#tokens[this.#index] as Token;
  }

  get atEnd(): boolean {
    return this.current.kind === 'end';
  }

  /** The token after the current one; the end follows itself. */
  get following(): Token {
    return this.#tokens[Math.min(this.#index + 1, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.current;
    if (token.kind !== 'end') this.#advance();
    return token;
  }

  isSymbol(text: string): boolean {
    return this.current.kind === 'symbol' && this.current.text === text;
  }

  /** Keywords count in any case. */
  isWord(text: string): boolean {
    return this.current.kind === 'word' && this.current.text.toLowerCase() === text;
  }

  takeSymbol(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.#advance();
    return true;
  }

  takeWord(text: string): boolean {
    if (!this.isWord(text)) return false;
    this.#advance();
    return true;
  }

  expectSymbol(text: string, where: string): void {
    if (!this.takeSymbol(text)) this.unexpected(`${JSON.stringify(text)} ${where}`);
  }

  /** From the start of a token or expression to the end of the token taken last. */
  rangeFrom(start: number): SourceRange {
    const last = this.#tokens[Math.max(this.#index - 1, 0)] as Token;
    return this.#source.range(start, Math.max(last.end, start));
  }

  startOfText(): SourceRange {
    return this.#source.range(0, this.#source.text.length);
  }

  rangeOf(token: Token): SourceRange {
    return this.#source.range(token.start, token.end);
  }

  /** Both ends included. */
  span(first: SourceRange, last: SourceRange): SourceRange {
    return { ...first, end: last.end };
  }

  #advance(): void {
    this.#index++;
    this.#refuseError();
  }

  /** What cannot be read is told when it is reached, so that what stands before it can be wrong first. */
  #refuseError(): void {
    const { kind, text } = this.current;
    if (kind === 'error') throw new PromqlError(text, this.rangeOf(this.current));
  }

  /** As Prometheus words it; `context` and `expected` may be empty. */
  unexpectedIn(context: string, expected: string): never {
    const found = describeToken(this.current, this.#source.text, context === 'label matching');
    const where = context === '' ? '' : ` in ${context}`;
    const wanted = expected === '' ? '' : `, expected ${expected}`;
    throw new PromqlError(`unexpected ${found}${where}${wanted}`, this.rangeOf(this.current));
  }

  unexpected(expected: string): never {
    throw new PromqlError(`unexpected ${this.#describe()}, expected ${expected}`, this.rangeOf(this.current));
  }

  #describe(): string {
    const { kind, start, end } = this.current;
    if (kind === 'end') return 'end of the expression';
    const written = this.#source.text.slice(start, end);
    return kind === 'string' ? `string ${written}` : JSON.stringify(written);
  }
}

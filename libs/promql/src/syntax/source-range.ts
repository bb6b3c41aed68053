/** Where a piece of an expression stands in its text. */
export interface SourceRange {
  /** Offset of the first character, in UTF-16 units from 0. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
  /** Line of `start`, from 1. */
  readonly line: number;
  /** Column of `start` in its line, in bytes of UTF-8 from 1, as Prometheus counts. */
  readonly column: number;
}

const utf8 = new TextEncoder();

/** Turns offsets of one text into ranges with line and column. */
export class SourceText {
  readonly text: string;
  readonly #lineStarts: number[] = [0];
  readonly #ascii: boolean;

  constructor(text: string) {
    this.text = text;
    this.#ascii = /^[\0-\x7f]*$/.test(text);
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.#lineStarts.push(i + 1);
  }

  range(start: number, end: number): SourceRange {
    const line = this.#lineOf(start);
    return { start, end, line: line + 1, column: this.#bytesBetween(this.#lineStarts[line] as number, start) + 1 };
  }

  #bytesBetween(from: number, to: number): number {
    return this.#ascii ? to - from : utf8.encode(this.text.slice(from, to)).length;
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

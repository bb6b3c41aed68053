/** A template that cannot be parsed (`executing` is false) or whose expansion failed. The message is worded as Go words it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** The message without its place. */
  readonly reason: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;

  constructor(message: string, reason: string, place: TextPlace) {
    super(message);
    this.reason = reason;
    this.line = place.line;
    this.column = place.column;
  }
}

/** Both from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export function placeIn(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

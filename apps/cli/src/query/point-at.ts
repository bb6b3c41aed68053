import { displayWidth } from '../display-width.js';

/** The line of a text where something is, and a caret under the place; lines and columns from 1, columns in bytes. */
export function pointAt(text: string, { line, column }: { readonly line: number; readonly column: number }): string[] {
  const written = (text.split('\n')[line - 1] ?? '').replace(/\p{Cc}/gu, ' ');
  const before = Buffer.from(written)
    .subarray(0, column - 1)
    .toString();
  return [written, `${' '.repeat(displayWidth(before))}^`];
}

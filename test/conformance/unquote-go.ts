import { parse } from '@tapewatch/promql';
import { ScriptError } from './script.js';

/** A string literal in double quotes or backquotes. */
export function unquoteGo(line: number, text: string): string {
  if (/^["`]/.test(text)) {
    try {
      const literal = parse(text);
      if (literal.kind === 'string') return literal.value;
    } catch {
      // told below
    }
  }
  throw new ScriptError(line, `expected a quoted string, found ${text === '' ? 'nothing' : text}`);
}

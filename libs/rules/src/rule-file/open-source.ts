import type { Problem } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import { LineCounter, parseDocument } from 'yaml';
import type { ReadFile } from './load-options.js';
import type { SourceFile } from './source-node.js';

const maxCharacters = 4 * 1024 * 1024;

/** Reads and parses a YAML file; what is wrong with it as a file is added to the problems. `what` is what it is called, as in `rule file`. */
export async function openSource(
  file: string,
  what: string,
  readFile: ReadFile,
  problems: Problem[],
): Promise<SourceFile | undefined> {
  let text: string;
  try {
    text = await readFile(file);
  } catch (error) {
    problems.push({ code: 'CONFIG_NOT_FOUND', message: `The ${what} cannot be read: ${messageOf(error)}.`, file });
    return undefined;
  }
  if (text.length > maxCharacters) {
    problems.push({
      code: 'CONFIG_INVALID_VALUE',
      message: `The ${what} is too large.`,
      file,
      allowed: 'up to 4 MB',
      hint: 'Split it.',
    });
    return undefined;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const faultyLines = new Set<number>();
  for (const { message, pos } of document.errors) {
    const { line, col } = lines.linePos(pos[0]);
    if (faultyLines.has(line)) continue; // one fault makes the parser stumble over the rest of its line
    faultyLines.add(line);
    problems.push({ code: 'CONFIG_SYNTAX', message: `This is not valid YAML: ${message}.`, file, line, column: col });
  }
  return document.errors.length > 0 ? undefined : { file, text, document, lines, problems };
}

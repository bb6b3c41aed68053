import { RE2JS } from 're2js';

const meta = /[\\.+*?()|[\]{}^$]/;
const literals = /^[^\\.+*?()[\]{}^$]*$/;

/**
 * A test against the whole of a string, in RE2's syntax, where `.` matches newlines too; it cannot backtrack. The
 * shapes that rules mostly use (plain words, alternatives of words, a fixed start or end) never reach the engine.
 * Throws an Error that says what is wrong with the pattern.
 */
export function compileRegularExpression(pattern: string): (text: string) => boolean {
  return fastTest(pattern) ?? engineTest(pattern);
}

/** The engine's form of a pattern, for those who need its groups; throws as above. */
export function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    throw new Error(`invalid regular expression ${JSON.stringify(pattern)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function engineTest(pattern: string): (text: string) => boolean {
  const compiled = compilePattern(pattern);
  return (text) => compiled.matches(text);
}

function fastTest(pattern: string): ((text: string) => boolean) | undefined {
  if (pattern === '.*') return () => true;
  if (pattern === '.+') return (text) => text !== '';
  if (!meta.test(pattern)) return (text) => text === pattern;
  if (literals.test(pattern)) {
    const words = new Set(pattern.split('|'));
    return (text) => words.has(text);
  }
  return affixTest(pattern);
}

function affixTest(pattern: string): ((text: string) => boolean) | undefined {
  const head = pattern.slice(0, -2);
  const tail = pattern.slice(2);
  if (!meta.test(head)) {
    if (pattern.endsWith('.*')) return (text) => text.startsWith(head);
    if (pattern.endsWith('.+')) return (text) => text.length > head.length && text.startsWith(head);
  }
  if (!meta.test(tail)) {
    if (pattern.startsWith('.*')) return (text) => text.endsWith(tail);
    if (pattern.startsWith('.+')) return (text) => text.length > tail.length && text.endsWith(tail);
  }
  return undefined;
}

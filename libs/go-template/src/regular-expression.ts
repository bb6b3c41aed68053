import { RE2JS } from 're2js';

/** Go's regexp.MatchString: anywhere in the text. */
export function matchesAnywhere(pattern: string, text: string): boolean {
  return compiled(pattern).matcher(text).find();
}

/** Go's ReplaceAllString: `$1`, `$name` and `${name}` stand for groups, `$$` for a dollar. */
export function replaceAll(pattern: string, replacement: string, text: string): string {
  const matcher = compiledOrQuoted(pattern).matcher(text);
  let result = '';
  let end = 0;
  let previousEnd = -1;
  while (matcher.find()) {
    const [from, to] = [matcher.start(), matcher.end()];
    // An empty match right behind another match is none in Go.
    if (from === to && from === previousEnd) continue;
    result += text.slice(end, from) + expanded(replacement, matcher);
    end = to;
    previousEnd = to;
  }
  return result + text.slice(end);
}

/** Go's MustCompile repeats the pattern in its message. */
function compiledOrQuoted(pattern: string): RE2JS {
  try {
    return compiled(pattern);
  } catch (error) {
    throw new Error(`regexp: Compile(\`${pattern}\`): ${(error as Error).message}`, { cause: error });
  }
}

type Matcher = ReturnType<RE2JS['matcher']>;

function expanded(replacement: string, matcher: Matcher): string {
  return replacement.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_, dollar?: string, braced?: string, bare?: string) => {
    if (dollar !== undefined) return '$';
    return group(matcher, braced ?? bare ?? '');
  });
}

/** A group that there is not, or that took no part, is empty. */
function group(matcher: Matcher, name: string): string {
  if (/^\d+$/.test(name)) return Number(name) <= matcher.groupCount() ? (matcher.group(Number(name)) ?? '') : '';
  return matcher.getNamedGroups()[name] ?? '';
}

const cache = new Map<string, RE2JS>();
const maxCached = 200;

/** Patterns are written in rules, so the same few come back at every evaluation. */
function compiled(pattern: string): RE2JS {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const fresh = compile(pattern);
  if (cache.size >= maxCached) cache.clear();
  cache.set(pattern, fresh);
  return fresh;
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new Error((error as Error).message, { cause: error });
  }
}

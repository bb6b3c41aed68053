import type { TreePath } from './path.js';

const secretKey =
  /token|passw|passphrase|secret|authori[sz]ation|api[_-]?key|private[_-]?key|access[_-]?key|credential|cookie|^headers$/i;
const url = /^[a-z][a-z0-9+.-]*:\/*([^/?#]*)(.*)$/is;
const longestOpenUrlPath = 24;
const longestText = 60;

/**
 * A value as an error message shows it; undefined when there is none. `<secret>` stands for whatever came from a
 * substitution, lies under a key that looks like a secret's, or is a URL that can hold one (credentials, a query, a long path).
 */
export function describeFound(value: unknown, path: TreePath, substituted = false): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (substituted || path.some((key) => typeof key === 'string' && secretKey.test(key))) return '<secret>';
  if (typeof value !== 'string') return JSON.stringify(value);
  if (isTellingUrl(value)) return '<secret>';
  return JSON.stringify(value.length > longestText ? `${value.slice(0, longestText)}…` : value);
}

function isTellingUrl(text: string): boolean {
  const parts = url.exec(text);
  if (parts === null) return false;
  const [, authority = '', rest = ''] = parts;
  return authority.includes('@') || rest.includes('@') || rest.includes('?') || rest.length > longestOpenUrlPath;
}

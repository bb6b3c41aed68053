import { isIPv4, isIPv6 } from 'node:net';

const words = new Intl.Segmenter('en', { granularity: 'word' });

/** The first letter of every word in title case, the others as they are. */
export function title(text: string): string {
  let result = '';
  for (const { segment } of words.segment(text)) {
    const at = segment.search(/\p{L}/u);
    if (at < 0) {
      result += segment;
      continue;
    }
    const letter = String.fromCodePoint(segment.codePointAt(at) as number);
    result += segment.slice(0, at) + letter.toUpperCase() + segment.slice(at + letter.length);
  }
  return result;
}

export function stripPort(hostPort: string): string {
  return splitHostPort(hostPort)?.host ?? hostPort;
}

/** The first part of a host name, with the port if there is one; addresses stay whole. */
export function stripDomain(hostPort: string): string {
  const split = splitHostPort(hostPort);
  const host = split?.host ?? hostPort;
  if (isIPv4(host) || isIPv6(host)) return hostPort;
  const first = host.split('.')[0] as string;
  if (split === undefined || split.port === '') return first;
  return first.includes(':') ? `[${first}]:${split.port}` : `${first}:${split.port}`;
}

/** Go's net.SplitHostPort; undefined where that is an error. */
function splitHostPort(hostPort: string): { readonly host: string; readonly port: string } | undefined {
  const parts = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(hostPort);
  return parts === null ? undefined : { host: parts[1] ?? parts[2] ?? '', port: parts[3] ?? '' };
}

const htmlEntities: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\u0000': '\ufffd',
};

export function escapeHtml(text: string): string {
  return text.replace(/["'&<>\u0000]/g, (character) => htmlEntities[character] as string);
}

const jsEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
};

/** Go's template.JSEscapeString. */
export function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=]|[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = (character.codePointAt(0) as number).toString(16).toUpperCase();
    return jsEscapes[character] ?? `\\u${code.padStart(4, '0')}`;
  });
}

/** Go's url.QueryEscape. */
export function escapeQuery(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

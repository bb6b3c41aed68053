import { isIP } from 'node:net';
import { formatDuration, parseDuration } from '@tapewatch/model';
import { z } from 'zod';

/** One value that is written as text and means something else; what is allowed is told in the problem. */
function scalar<T>(message: string, allowed: string, parse: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message, params: { allowed, missing: value === undefined } });
    return z.NEVER;
  });
}

/** A hundred years: what reaches further back than any clock would not be a time any more. */
const longestMs = 100 * 365 * 86_400_000;

/** Prometheus' duration in milliseconds, at least `minMs`, at most a hundred years. */
export function duration(minMs = 0) {
  const least = minMs > 0 ? `, at least ${formatDuration(minMs)}` : '';
  return scalar(
    'Not a duration of this range.',
    `a duration such as 500ms, 30s or 1h30m${least}, at most 100y`,
    (value) => {
      const ms = typeof value === 'string' || value === 0 ? parseDuration(String(value)) : undefined;
      return ms !== undefined && ms >= minMs && ms <= longestMs ? ms : undefined;
    },
  );
}

const sizeShape = /^(\d+(?:\.\d+)?)\s*([KMGT]?)i?B$/;
const sizePrefixes = ['', 'K', 'M', 'G', 'T'];

/** Bytes; as in Prometheus' flags `1KB` and `1KiB` both are 1024 B. */
export function size(minBytes: number) {
  const allowed = `a size such as 512KB, 128MB or 2GB, at least ${Math.ceil(minBytes / 1024 ** 2)}MB`;
  return scalar('Not a size of this range.', allowed, (value) => {
    const parts = typeof value === 'string' ? sizeShape.exec(value) : null;
    if (parts === null) return undefined;
    const bytes = Math.round(Number(parts[1]) * 1024 ** sizePrefixes.indexOf(parts[2] ?? ''));
    return Number.isSafeInteger(bytes) && bytes >= minBytes ? bytes : undefined;
  });
}

/** A whole number; text of digits counts as one, because that is what a substitution gives. */
export function wholeNumber(min: number, max: number) {
  return scalar('Not a whole number of this range.', `a whole number from ${min} to ${max}`, (value) => {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max
      ? number
      : undefined;
  });
}

/** `true` or `false`, as a value or, from a substitution, as text. */
export function flag() {
  return scalar('Neither true nor false.', 'true, false', (value) => {
    if (typeof value === 'boolean') return value;
    return value === 'true' ? true : value === 'false' ? false : undefined;
  });
}

/** An absolute URL of one of the schemes, without a slash at its end. */
export function url(...schemes: readonly string[]) {
  const allowed = `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return scalar('Not a URL of an allowed kind.', allowed, (value) => {
    const parsed = typeof value === 'string' ? URL.parse(value) : null;
    if (parsed === null || !schemes.includes(parsed.protocol.slice(0, -1)) || parsed.hostname === '') return undefined;
    return String(value).replace(/\/+$/, '');
  });
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const listenShape = /^(?:\[([0-9A-Fa-f:.%a-z]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/;

/** `HOST:PORT`; undefined when the text is none. */
export function parseListen(text: string): ListenAddress | undefined {
  const parts = listenShape.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

export const listenAllowed = 'HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080; port 0 takes any free one';

export function listen() {
  return scalar('Not an address to listen on.', listenAllowed, (value) =>
    typeof value === 'string' ? parseListen(value) : undefined,
  );
}

/** Text of at least one character that is not blank. */
export function text() {
  return z.string().refine((value) => value.trim() !== '', { error: 'Empty text.', params: { allowed: 'some text' } });
}

const nameShape = /^[A-Za-z0-9_][A-Za-z0-9_.:/ -]{0,127}$/;

/** A name that stands in metrics, messages and paths of the API. */
export function name() {
  return z.string().refine((value) => nameShape.test(value), {
    error: 'Not a name.',
    params: { allowed: 'up to 128 letters, digits, spaces and _ . : / -, beginning with a letter, digit or _' },
  });
}

/** An address or a network of addresses: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`. */
export function network() {
  return z.string().refine(isNetwork, {
    error: 'Neither an address nor a network.',
    params: { allowed: 'an IP address, or a network such as 10.0.0.0/8 or fd00::/8' },
  });
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/** `COUNT/DURATION`, as in `20/1m`. */
export function rate() {
  return scalar('Not a rate.', 'a count and a duration, such as 20/1m or 1/1s', (value) => {
    const parts = typeof value === 'string' ? /^(\d{1,6})\/([0-9a-z]+)$/.exec(value) : null;
    const [count, perMs] = [Number(parts?.[1]), parseDuration(parts?.[2] ?? '')];
    return count > 0 && perMs !== undefined && perMs > 0 ? { count, perMs } : undefined;
  });
}

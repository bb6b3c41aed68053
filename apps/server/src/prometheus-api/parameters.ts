import { parseDuration } from '@tapewatch/model';
import { ApiError, invalidParameter } from './api-error.js';

type Given = Readonly<Record<string, unknown>> | undefined;

const unixSeconds = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;
/** Milliseconds; beyond it a Date has no form. */
const mostMs = 8.64e15;

/** The parameters of one request: the form's where it was posted, and the address's. */
export class Parameters {
  readonly #values = new Map<string, string[]>();

  /** Where both give a parameter, the form's value comes first, as in Go's Request.Form. */
  constructor(form: Given, query: Given) {
    for (const source of [form, query]) {
      for (const [name, value] of Object.entries(source ?? {})) {
        const texts = (Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter(
          (text) => typeof text === 'string',
        );
        this.#values.set(name, [...(this.#values.get(name) ?? []), ...texts]);
      }
    }
  }

  /** '' when it was not given. */
  text(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  /** Every value of a list such as `match[]`; a name without brackets is tried, too. */
  list(name: string): readonly string[] {
    return this.#values.get(name) ?? this.#values.get(name.replace('[]', '')) ?? [];
  }

  /** Milliseconds since the epoch, from Unix seconds or RFC 3339. */
  time(name: string): number | undefined {
    const text = this.text(name);
    return text === '' ? undefined : readTime(name, text);
  }

  requiredTime(name: string): number {
    return readTime(name, this.text(name));
  }

  /** Milliseconds, from seconds or Prometheus' form. */
  duration(name: string): number | undefined {
    const text = this.text(name);
    return text === '' ? undefined : readDuration(name, text);
  }

  requiredDuration(name: string): number {
    return readDuration(name, this.text(name));
  }

  /** A whole number from 0, where 0 means no limit; undefined when it was not given. */
  limit(name = 'limit'): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    if (!/^\d{1,15}$/.test(text)) throw invalidParameter(name, `limit must be a whole number from 0; it is "${text}"`);
    const limit = Number(text);
    return limit === 0 ? undefined : limit;
  }
}

function readTime(name: string, text: string): number {
  const ms = unixSeconds.test(text) ? Math.round(Number(text) * 1000) : rfc3339.test(text) ? Date.parse(text) : NaN;
  if (!Number.isFinite(ms)) throw invalidParameter(name, `cannot parse "${text}" to a valid timestamp`);
  if (Math.abs(ms) > mostMs) throw invalidParameter(name, `"${text}" lies outside of what a timestamp can be`);
  return ms;
}

function readDuration(name: string, text: string): number {
  const ms = unixSeconds.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined || !Number.isFinite(ms))
    throw invalidParameter(name, `cannot parse "${text}" to a valid duration`);
  return ms;
}

/** Throws unless the end lies at or after the start. */
export function checkOrder(start: number, end: number): void {
  if (end < start)
    throw new ApiError('bad_data', 'invalid parameter "end": end timestamp must not be before start time');
}

import { messageOf } from '@tapewatch/model';
import type { DestinationOptions } from './destination-options.js';

/** `refused`: the destination answered and will not take it. The other two: it may next time. */
export type FailureOutcome = 'unreachable' | 'timeout' | 'refused';

export interface ExportFailure {
  readonly outcome: FailureOutcome;
  /** One line, without header values and credentials. */
  readonly reason: string;
}

const longestReason = 300;

/** What to count and to tell of an error that the exporter gave. */
export function failureOf(error: Error, destination: DestinationOptions): ExportFailure {
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') {
    const answer = 'data' in error && typeof error.data === 'string' ? error.data : '';
    return { outcome: 'refused', reason: redact(`HTTP ${code} ${error.message} ${answer}`, destination) };
  }
  const reason = redact(textOf(error, code), destination);
  const timedOut = code === 'ETIMEDOUT' || error.message === 'Request timed out';
  return { outcome: timedOut ? 'timeout' : 'unreachable', reason };
}

function textOf(error: Error, code: unknown): string {
  // A host with several addresses gives one error that holds one for each, and no text of its own.
  const text =
    error instanceof AggregateError && error.message === '' ? error.errors.map(messageOf).join('; ') : error.message;
  if (text === 'Export failed with retryable status')
    return 'the destination keeps answering that it is overloaded or not available';
  return typeof code === 'string' && !text.includes(code) ? `${code} ${text}` : text;
}

function redact(text: string, { url, headers }: DestinationOptions): string {
  const parsed = URL.parse(url);
  const secrets = [...Object.values(headers), parsed?.password, parsed?.username, parsed?.search.slice(1)];
  for (const [, value] of parsed?.searchParams ?? []) secrets.push(value);
  // `Bearer abc` and `Basic abc` may come back as `abc` alone.
  for (const value of Object.values(headers)) secrets.push(...value.split(/\s+/));
  let clean = text;
  for (const secret of secrets) {
    if (secret === undefined || secret.length < 4) continue;
    for (const form of new Set([secret, encodeURIComponent(secret), safeDecode(secret)]))
      clean = clean.replaceAll(form, '***');
  }
  return clean.replace(/\s+/g, ' ').trim().slice(0, longestReason);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

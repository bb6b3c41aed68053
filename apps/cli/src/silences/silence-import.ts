import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { messageOf } from '@tapewatch/model';
import { UsageError } from '../usage-error.js';
import type { SilenceMessages } from './silence-messages.js';

/** A silence as a file has it, ours or one of amtool. */
export interface FiledSilence {
  readonly id?: string;
  readonly matchers: readonly string[];
  readonly startsAt?: string;
  readonly endsAt: string;
  readonly createdBy?: string;
  readonly comment: string;
  readonly recurring?: readonly object[] | null;
}

/** What `silence query --json` and `amtool silence query -o json` print; `-` is the input. Throws UsageError. */
export async function readSilences(
  file: string,
  input: NodeJS.ReadableStream,
  messages: SilenceMessages,
): Promise<readonly FiledSilence[]> {
  try {
    const parsed: unknown = JSON.parse(file === '-' ? await text(input) : await readFile(file, 'utf8'));
    if (!Array.isArray(parsed)) throw new Error('it is no list');
    return parsed.map(silenceIn);
  } catch (error) {
    throw new UsageError(messages.unreadable(file, messageOf(error)));
  }
}

function silenceIn(value: unknown, i: number): FiledSilence {
  const entry = (typeof value === 'object' ? value : null) as Readonly<Record<string, unknown>> | null;
  const { matchers, endsAt, comment } = entry ?? {};
  if (entry === null || !Array.isArray(matchers) || typeof endsAt !== 'string' || typeof comment !== 'string')
    throw new Error(`entry ${i + 1} is no silence: it needs matchers, endsAt and comment`);
  const optional = (key: string): object => (typeof entry[key] === 'string' ? { [key]: entry[key] } : {});
  return {
    matchers: matchers.map(matcherIn),
    ...{ endsAt, comment },
    ...optional('id'),
    ...optional('startsAt'),
    ...optional('createdBy'),
    ...(Array.isArray(entry['recurring']) ? { recurring: entry['recurring'] as object[] } : {}),
  };
}

/** Ours are texts; amtool's are objects. */
function matcherIn(matcher: unknown): string {
  if (typeof matcher === 'string') return matcher;
  const { name, value, isRegex, isEqual = true } = (matcher ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || typeof value !== 'string') throw new Error('a matcher has no name or no value');
  const operator = isRegex === true ? (isEqual === false ? '!~' : '=~') : isEqual === false ? '!=' : '=';
  return `${JSON.stringify(name)}${operator}${JSON.stringify(value)}`;
}

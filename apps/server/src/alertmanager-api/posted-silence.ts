import type { Matcher } from '@tapewatch/model';
import { messageOf } from '@tapewatch/model';
import { createMatcher, formatMatcher } from '@tapewatch/promql';
import type { WantedSilence } from '@tapewatch/pipeline';
import { BadRequest } from './bad-request.js';

type Fields = Readonly<Record<string, unknown>>;

/** The body of `POST /api/v2/silences`. Throws BadRequest with what is wrong with it. */
export function readPostedSilence(body: unknown): WantedSilence {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new BadRequest('silence in body must be an object');
  const fields = body as Fields;
  const id = fields['id'];
  return {
    ...(typeof id === 'string' && id !== '' ? { id } : {}),
    matchers: matchersOf(fields['matchers']),
    startsAt: timeOf(fields, 'startsAt'),
    endsAt: timeOf(fields, 'endsAt'),
    createdBy: textOf(fields, 'createdBy'),
    comment: textOf(fields, 'comment'),
  };
}

function matchersOf(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new BadRequest('silence.matchers in body should have at least 1 items');
  return (value as readonly unknown[]).map((entry, i) => {
    const fields = (typeof entry === 'object' && entry !== null ? entry : {}) as Fields;
    const where = `silence.matchers.${i}`;
    const name = textOf(fields, 'name', where);
    const text = textOf(fields, 'value', where);
    const { isRegex, isEqual = true } = fields;
    if (typeof isRegex !== 'boolean') throw new BadRequest(`${where}.isRegex in body is required`);
    try {
      return formatMatcher(
        createMatcher(
          name,
          `${isEqual === false ? '!' : '='}${isRegex ? '~' : isEqual === false ? '=' : ''}` as Matcher['operator'],
          text,
        ),
      );
    } catch (thrown) {
      throw new BadRequest(`${where}: ${messageOf(thrown)}`);
    }
  });
}

function textOf(fields: Fields, name: string, where = 'silence'): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new BadRequest(`${where}.${name} in body is required`);
  return value;
}

function timeOf(fields: Fields, name: string): number {
  const text = textOf(fields, name);
  const ms = Date.parse(text);
  if (!Number.isFinite(ms))
    throw new BadRequest(`silence.${name} in body must be of type date-time: ${JSON.stringify(text.slice(0, 100))}`);
  return ms;
}

import { describe, expect, it } from 'vitest';
import { chooseMessages } from './choose-messages.js';
import { english } from './english.js';
import { korean } from './korean.js';

function shapeOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, inner]) => shapeOf(inner, `${path}.${key}`));
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe('messages', () => {
  it('have the same keys in every language', () => {
    expect(shapeOf(korean)).toEqual(shapeOf(english));
    expect(shapeOf(english).length).toBeGreaterThan(30);
  });

  it('are never empty', () => {
    expect([...textsOf(english), ...textsOf(korean)].filter((text) => text.trim() === '')).toEqual([]);
  });
});

describe('chooseMessages', () => {
  it.each([
    [{}, english],
    [{ LANG: 'C.UTF-8' }, english],
    [{ LANG: 'ko_KR.UTF-8' }, korean],
    [{ LANG: 'ko_KR.UTF-8', LC_ALL: 'en_GB' }, english],
    [{ LANG: 'ko', LC_ALL: '' }, korean],
    [{ LC_MESSAGES: 'ko', LANG: 'de_DE' }, korean],
    [{ LC_ALL: 'en_US', TAPEWATCH_LANG: 'ko' }, korean],
    [{ LANG: 'fr_FR@euro' }, english],
  ])('chooses by %j', (env, messages) => {
    expect(chooseMessages(env)).toBe(messages);
  });
});

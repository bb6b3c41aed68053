import { languages } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { english } from './english.js';
import { korean } from './korean.js';
import { textsOf } from './texts-of.js';

function shapeOf(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value)
    .flatMap(([key, inner]) => shapeOf(inner, `${path}.${key}`))
    .sort();
}

describe('report texts', () => {
  it('have the same keys in every language', () => {
    expect(shapeOf(korean)).toEqual(shapeOf(english));
    expect(shapeOf(english).length).toBeGreaterThan(90);
  });

  it('are there for every language that can be asked for', () => {
    expect(languages.map((language) => textsOf(language).languageTag)).toEqual([...languages]);
  });

  it('are translated', () => {
    const leaves = (value: unknown): readonly unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
    const texts = leaves(korean).filter((text) => typeof text === 'string');
    expect(texts.filter((text) => !/\p{Script=Hangul}/u.test(text))).toEqual(['ko', 'p50', 'p95', 'p99']);
  });
});

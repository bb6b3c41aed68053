import { languages } from '@tapewatch/model';
import { describe, expect, it } from 'vitest';
import { conditionWords } from './condition-words.js';

describe('conditionWords', () => {
  const said = languages.map((language) => {
    const { noData, error } = conditionWords(language);
    return [
      noData.summary('High'),
      noData.description('m > 10'),
      error.summary('High'),
      error.description('no memory'),
    ];
  });

  it('name the rule, what it asks for and why it fails, in every language', () => {
    for (const texts of said)
      for (const [i, named] of ['High', 'm > 10', 'High', 'no memory'].entries()) expect(texts[i]).toContain(named);
  });

  it('are translated', () => {
    expect(said.map((texts) => texts.map((text) => /\p{Script=Hangul}/u.test(text)))).toEqual(
      languages.map((language) => Array.from({ length: 4 }, () => language === 'ko')),
    );
  });
});

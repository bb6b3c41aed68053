import { describe, expect, it } from 'vitest';
import { languageOf } from './language.js';

describe('languageOf', () => {
  it.each([
    [{ LANG: 'ko_KR.UTF-8' }, 'ko'],
    [{ LANG: 'ko_KR.UTF-8', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'en_US', TAPEWATCH_LANG: 'KO' }, 'ko'],
    [{ LC_ALL: '', LC_MESSAGES: 'ko' }, 'ko'],
    [{ LANG: 'fr_FR' }, 'en'],
    [{}, 'en'],
  ])('reads %j as %s', (env, language) => {
    expect(languageOf(env)).toBe(language);
  });
});

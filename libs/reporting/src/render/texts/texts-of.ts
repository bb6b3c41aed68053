import type { Language } from '@tapewatch/model';
import { english } from './english.js';
import { korean } from './korean.js';
import type { ReportTexts } from './texts.js';

const languages: Readonly<Record<Language, ReportTexts>> = { en: english, ko: korean };

export function textsOf(language: Language): ReportTexts {
  return languages[language];
}

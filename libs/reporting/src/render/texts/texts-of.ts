import type { ReportLanguage } from '../../report.js';
import { english } from './english.js';
import { korean } from './korean.js';
import type { ReportTexts } from './texts.js';

const languages: Readonly<Record<ReportLanguage, ReportTexts>> = { en: english, ko: korean };

export function textsOf(language: ReportLanguage): ReportTexts {
  return languages[language];
}

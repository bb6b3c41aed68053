import { english } from './english.js';
import { korean } from './korean.js';
import type { Messages } from './messages.js';

const languages: Readonly<Record<string, Messages>> = { en: english, ko: korean };

/** The first of TAPEWATCH_LANG, LC_ALL, LC_MESSAGES and LANG that is set decides; English when it names no language there is. */
export function chooseMessages(env: Readonly<Record<string, string | undefined>>): Messages {
  const locale = ['TAPEWATCH_LANG', 'LC_ALL', 'LC_MESSAGES', 'LANG']
    .map((name) => env[name] ?? '')
    .find((set) => set !== '');
  const language = (locale ?? '').split(/[_.@-]/)[0]?.toLowerCase() ?? '';
  return languages[language] ?? english;
}

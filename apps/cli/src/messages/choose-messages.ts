import { languageOf, type Language } from '@tapewatch/model';
import { english } from './english.js';
import { korean } from './korean.js';
import type { Messages } from './messages.js';

const messagesOf: Readonly<Record<Language, Messages>> = { en: english, ko: korean };

/** The messages in the language that the environment asks for. */
export function chooseMessages(env: Readonly<Record<string, string | undefined>>): Messages {
  return messagesOf[languageOf(env)];
}

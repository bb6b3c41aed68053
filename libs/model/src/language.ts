/** The languages that the program speaks to people. */
export const languages = ['en', 'ko'] as const;

export type Language = (typeof languages)[number];

/** The first of TAPEWATCH_LANG, LC_ALL, LC_MESSAGES and LANG that is set decides; English when it names no language there is. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = ['TAPEWATCH_LANG', 'LC_ALL', 'LC_MESSAGES', 'LANG']
    .map((name) => env[name] ?? '')
    .find((set) => set !== '');
  const wanted = (locale ?? '').split(/[_.@-]/)[0]?.toLowerCase() ?? '';
  return languages.find((language) => language === wanted) ?? 'en';
}

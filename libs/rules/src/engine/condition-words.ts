import type { Language } from '@tapewatch/model';

/** What an alert says whose rule cannot judge. */
export interface ConditionWords {
  readonly noData: { readonly summary: (rule: string) => string; readonly description: (query: string) => string };
  readonly error: { readonly summary: (rule: string) => string; readonly description: (reason: string) => string };
}

const english: ConditionWords = {
  noData: {
    summary: (rule) => `${rule} has no data and cannot be judged`,
    description: (query) =>
      `No series matches what the rule asks for: ${query}. Its alerts stay as they were until there is data again.`,
  },
  error: {
    summary: (rule) => `${rule} fails and cannot be judged`,
    description: (reason) =>
      `The rule cannot be evaluated: ${reason}. Its alerts stay as they were until it works again.`,
  },
};

const korean: ConditionWords = {
  noData: {
    summary: (rule) => `${rule}: 데이터가 없어 판정할 수 없습니다`,
    description: (query) =>
      `규칙이 찾는 것과 맞는 시계열이 없습니다: ${query}. 데이터가 다시 들어올 때까지 이 규칙의 알림은 그대로 유지됩니다.`,
  },
  error: {
    summary: (rule) => `${rule}: 오류가 나서 판정할 수 없습니다`,
    description: (reason) =>
      `규칙을 평가할 수 없습니다: ${reason}. 다시 동작할 때까지 이 규칙의 알림은 그대로 유지됩니다.`,
  },
};

const words: Readonly<Record<Language, ConditionWords>> = { en: english, ko: korean };

export function conditionWords(language: Language): ConditionWords {
  return words[language];
}

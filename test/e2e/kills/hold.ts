import type { SilencedLabel } from './silence-api.js';

/** A stretch of time for which a confirmed silence certainly held. Times are milliseconds since the epoch. */
export interface Hold {
  readonly silenceId: string;
  readonly matcher: SilencedLabel;
  readonly from: number;
  to: number;
}

export function covers({ name, isRegex, value }: SilencedLabel, labels: Readonly<Record<string, string>>): boolean {
  const text = labels[name] ?? '';
  return isRegex ? new RegExp(`^(?:${value})$`).test(text) : text === value;
}

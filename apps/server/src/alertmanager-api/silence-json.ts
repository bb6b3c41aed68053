import type { SilenceView } from '@tapewatch/pipeline';
import { timeText } from './alert-json.js';

/** `gettableSilence` of Alertmanager's API. */
export function silenceJson(silence: SilenceView): object {
  return {
    id: silence.id,
    status: { state: silence.state },
    updatedAt: timeText(silence.updatedAt),
    comment: silence.comment,
    createdBy: silence.createdBy,
    endsAt: timeText(silence.endsAt),
    matchers: silence.matchers.map(({ name, operator, value }) => ({
      isEqual: operator === '=' || operator === '=~',
      isRegex: operator === '=~' || operator === '!~',
      name,
      value,
    })),
    startsAt: timeText(silence.startsAt),
    annotations: {},
  };
}

const rank = { active: 1, pending: 2, expired: 3 } as const;

/** Active ones first, the next to end foremost; then pending ones, the next to begin foremost; then expired ones, the newest foremost. */
export function inOrder(a: SilenceView, b: SilenceView): number {
  if (a.state !== b.state) return rank[a.state] - rank[b.state];
  if (a.state === 'active') return a.endsAt - b.endsAt;
  return a.state === 'pending' ? a.startsAt - b.startsAt : b.endsAt - a.endsAt;
}

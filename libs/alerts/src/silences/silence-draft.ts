import {
  accepted,
  messageOf,
  refused,
  TimeInterval,
  type CommandResult,
  type Matcher,
  type Refusal,
} from '@tapewatch/model';
import { formatMatcher, parseMatchers } from '@tapewatch/promql';
import type { Silence } from './silence.js';

/** What somebody wants silenced. */
export interface WantedSilence {
  /** Of the silence to be changed; absent: a new one. */
  readonly id?: string;
  /** Alertmanager's matchers, in either syntax, one or more in each text. */
  readonly matchers: readonly string[];
  /** Now, when absent or past. */
  readonly startsAt?: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
  /** Alertmanager's time intervals, any of which must hold; absent or none: all the time. */
  readonly recurring?: readonly unknown[];
}

export interface SilenceLimits {
  /** All that are kept, the expired ones included. */
  readonly count: number;
  /** Of one silence, as JSON. */
  readonly bytes: number;
}

export const defaultSilenceLimits: SilenceLimits = { count: 10_000, bytes: 16_384 };

/** A silence that has been checked, before it has an id. */
export type SilenceDraft = Omit<Silence, 'id' | 'updatedAt' | 'ended'>;

const path = (field: string): string => `input.${field}`;

/** Checks what is wanted; refuses with the first thing that is wrong. */
export function draftSilence(
  wanted: WantedSilence,
  now: number,
  limits: Pick<SilenceLimits, 'bytes'>,
  commentNeeded = true,
): CommandResult<SilenceDraft> {
  const matchers = parsed(wanted.matchers);
  if (!matchers.ok) return matchers;
  const startsAt = wanted.startsAt ?? now;
  if (startsAt >= wanted.endsAt) return refused('INVALID_INPUT', 'the end must lie after the start', path('endsAt'));
  if (wanted.endsAt <= now) return refused('INVALID_INPUT', 'the end lies in the past', path('endsAt'));
  if (wanted.createdBy.trim() === '') return refused('INVALID_INPUT', 'the author is missing', path('createdBy'));
  if (commentNeeded && wanted.comment.trim() === '')
    return refused('INVALID_INPUT', 'a comment is needed: say why, for the others', path('comment'));
  const recurring = intervals(wanted.recurring ?? []);
  if (!recurring.ok) return recurring;
  const draft: SilenceDraft = {
    matchers: matchers.value,
    startsAt,
    endsAt: wanted.endsAt,
    createdBy: wanted.createdBy,
    comment: wanted.comment,
    ...(recurring.value.length === 0 ? {} : { recurring: recurring.value }),
  };
  const bytes = Buffer.byteLength(JSON.stringify(draft));
  return bytes > limits.bytes
    ? refused(
        'INVALID_INPUT',
        `the silence is too big: ${bytes} bytes, and ${limits.bytes} are allowed`,
        path('matchers'),
      )
    : accepted(draft);
}

/** At least one matcher, and at least one that an absent label does not satisfy: nobody silences everything by mistake. */
export function parsed(texts: readonly string[]): CommandResult<readonly Matcher[]> {
  const matchers: Matcher[] = [];
  for (const [i, text] of texts.entries()) {
    try {
      matchers.push(...parseMatchers(text));
    } catch (thrown) {
      return refused('INVALID_INPUT', `${JSON.stringify(text)}: ${messageOf(thrown)}`, path(`matchers[${i}]`));
    }
  }
  if (matchers.length === 0) return refused('INVALID_INPUT', 'at least one matcher is needed', path('matchers'));
  if (matchers.every((matcher) => matcher.matches('')))
    return refused(
      'INVALID_INPUT',
      `at least one matcher must not match the empty value, or the silence would cover everything; ` +
        `${matchers.map(formatMatcher).join(', ')} all do`,
      path('matchers'),
    );
  return accepted(matchers);
}

function intervals(values: readonly unknown[]): CommandResult<readonly TimeInterval[]> {
  const found: TimeInterval[] = [];
  for (const [i, value] of values.entries()) {
    const interval = TimeInterval.parse(value);
    if (interval.ok) {
      found.push(interval.value);
      continue;
    }
    const [fault] = interval.faults;
    const place = fault === undefined || fault.path === '' ? '' : `.${fault.path}`;
    const refusal: Refusal = {
      code: 'INVALID_INPUT',
      message: fault?.message ?? 'this is no time interval',
      path: path(`recurring[${i}]${place}`),
    };
    return { ok: false, refusal };
  }
  return accepted(found);
}

/** Whether a silence may be changed in place, because that changes nothing of what it has done already. */
export function canChangeInPlace(
  silence: Silence,
  draft: SilenceDraft,
  phase: 'pending' | 'active' | 'expired',
  now: number,
): boolean {
  if (identity(silence) !== identity(draft)) return false;
  switch (phase) {
    case 'active':
      // Alertmanager compares whole seconds.
      return Math.floor(draft.startsAt / 1000) === Math.floor(silence.startsAt / 1000) && draft.endsAt >= now;
    case 'pending':
      return draft.startsAt >= now;
    case 'expired':
      return false;
  }
}

/** What a silence is about: the same text for the same matchers, in the same order, and the same times of recurrence. */
function identity({ matchers, recurring }: Pick<Silence, 'matchers' | 'recurring'>): string {
  return JSON.stringify([matchers.map(formatMatcher), recurring ?? null]);
}

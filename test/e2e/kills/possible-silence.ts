import type { SilenceRecord, WantedSilence } from './silence-api.js';

/** What a silence may be: as it was asked for, or ended between two times. */
export interface Possible {
  readonly wanted: WantedSilence;
  /** When it was asked for. */
  readonly sentAt: number;
  readonly ended?: { readonly from: number; to: number };
}

/** Whether a silence is what it may be; `seen` is when it was asked for and when the answer was there. */
export function isAsWanted(
  record: SilenceRecord | undefined,
  { wanted, sentAt, ended }: Possible,
  seen: { readonly before: number; readonly after: number },
): boolean {
  if (record === undefined || record.comment !== wanted.comment) return false;
  if (JSON.stringify(record.matcher) !== JSON.stringify(wanted.matcher)) return false;
  if (ended !== undefined && record.state === 'expired' && record.endsAt >= ended.from)
    return record.endsAt <= ended.to;
  // It may have been over when its end was asked for.
  if (ended !== undefined && ended.to < wanted.endsAt) return false;
  const states = [seen.before, seen.after].map((now) =>
    now >= wanted.endsAt ? 'expired' : now < record.startsAt ? 'pending' : 'active',
  );
  // None starts before it is made.
  const isStart =
    record.startsAt === wanted.startsAt || (wanted.startsAt < record.startsAt && record.startsAt >= sentAt);
  return isStart && record.endsAt === wanted.endsAt && states.includes(record.state);
}

/** It starts, or ended, at that time, and never at another. */
export function asFound({ wanted, sentAt, ended }: Possible, record: SilenceRecord | undefined): Possible {
  if (record === undefined) return { wanted, sentAt, ...(ended === undefined ? {} : { ended }) };
  if (ended !== undefined) return { wanted, sentAt, ended: { from: record.endsAt, to: record.endsAt } };
  return { wanted: { ...wanted, startsAt: record.startsAt }, sentAt: Infinity };
}

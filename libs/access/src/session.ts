import type { Selectable } from 'kysely';
import type { Role } from './role.js';
import type { AccessSessionRow } from './tables.js';

const dayMs = 86_400_000;
/** A session that nobody uses for so long is over ... */
export const sessionIdleMs = 30 * dayMs;
/** ... and every one after so long. */
export const sessionLifeMs = 90 * dayMs;

/** A browser that is signed in. Times are milliseconds since the epoch. */
export interface Session {
  readonly id: number;
  /** Recorded as `by` of whatever is done in it. */
  readonly who: string;
  readonly role: Role;
  /** Which token opened it: `token:ID`, or `admin:KEY` for the admin's. */
  readonly origin: string;
  readonly createdAt: number;
  readonly endsAt: number;
  /** To the minute. */
  readonly lastSeenAt: number;
  readonly address?: string;
}

export function sessionFromRow(row: Selectable<AccessSessionRow>): Session {
  return {
    id: row.id,
    who: row.who,
    role: row.role,
    origin: row.origin,
    createdAt: row.created_at,
    endsAt: row.ends_at,
    lastSeenAt: row.last_seen_at,
    ...(row.address === null ? {} : { address: row.address }),
  };
}

import type { Selectable } from 'kysely';
import type { Role } from './role.js';
import type { AccessTokenRow } from './tables.js';

/** A token, without its secret, which nobody has but whoever it was shown to. Times are milliseconds since the epoch. */
export interface AccessToken {
  readonly id: number;
  /** Recorded as `by` of whatever is done with it; one at a time has it. */
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt?: number;
  /** To the minute. */
  readonly lastUsedAt?: number;
  readonly revokedAt?: number;
  readonly revokedBy?: string;
}

const nameShape = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;
/** What stands as `by` for somebody else. */
const takenNames = new Set(['admin', 'anonymous', 'system', 'tapewatch']);

/** What is wrong with a name for a token; undefined when nothing is. */
export function tokenNameFault(name: string): string | undefined {
  if (takenNames.has(name.toLowerCase())) return `${name} cannot be the name of a token: it stands for somebody else`;
  if (nameShape.test(name)) return undefined;
  return 'A name has up to 64 letters, digits and _ . @ -, and begins with a letter or digit';
}

export function tokenFromRow(row: Selectable<AccessTokenRow>): AccessToken {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: row.created_at,
    createdBy: row.created_by,
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
    ...(row.revoked_by === null ? {} : { revokedBy: row.revoked_by }),
  };
}

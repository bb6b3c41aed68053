import type { Role } from '@tapewatch/pipeline';

export type { Role };

/** One role that must be included in that of whoever asks, or several of which one must. */
export type Needed = Role | readonly Role[];

/** Who asks. */
export interface Principal {
  /** Recorded as `by` of whatever they do. */
  readonly name: string;
  readonly role: Role;
  /** Which token lets them in, or let their session be opened: `token:ID`, or `admin:KEY` for the admin's. */
  readonly origin: string;
  /** The browser session they came with. */
  readonly session?: number;
  /** When the token or session ends at the latest, milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** `ingest` only hands data in; each of the others includes the one before. */
const included: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  admin: ['viewer', 'operator', 'admin', 'ingest'],
  ingest: ['ingest'],
};

export function allows(role: Role, needed: Needed): boolean {
  const wanted = typeof needed === 'string' ? [needed] : needed;
  return wanted.some((one) => included[role].includes(one));
}

/** For messages: `operator or ingest`. */
export function roleText(needed: Needed): string {
  return typeof needed === 'string' ? needed : needed.join(' or ');
}

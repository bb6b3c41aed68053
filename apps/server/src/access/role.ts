/** What a token or session may do. `ingest` only hands data in; the others include the one before. */
export type Role = 'viewer' | 'operator' | 'admin' | 'ingest';

/** Who asks. */
export interface Principal {
  /** Recorded as `by` of whatever they do. */
  readonly name: string;
  readonly role: Role;
  /** When the session ends, milliseconds since the epoch; absent for a token. */
  readonly expiresAt?: number;
}

const included: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  admin: ['viewer', 'operator', 'admin', 'ingest'],
  ingest: ['ingest'],
};

export function allows(role: Role, needed: Role): boolean {
  return included[role].includes(needed);
}

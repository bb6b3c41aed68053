/** Where tokens are made and the audit log is read: at the running server, or in the data folder when none runs. */
export interface TokenDesk {
  create(wanted: WantedToken): Promise<{ readonly token: TokenRow; readonly secret: string }>;
  /** Newest first. */
  list(withRevoked: boolean): Promise<readonly TokenRow[]>;
  revoke(name: string): Promise<TokenRow>;
  /** Oldest first; those since a time, or the newest `most`. */
  audit(request: { readonly since?: number; readonly most: number }): Promise<readonly AuditRow[]>;
  verifyAudit(): Promise<{ readonly intact: boolean; readonly entries: number; readonly fault?: string }>;
  close(): Promise<void>;
}

export interface WantedToken {
  readonly name: string;
  readonly role: TokenRole;
  readonly expiresInMs?: number;
}

export type TokenRole = 'viewer' | 'operator' | 'admin' | 'ingest';

export const tokenRoles: readonly TokenRole[] = ['viewer', 'operator', 'admin', 'ingest'];

/** Times as RFC 3339; null is not there. */
export interface TokenRow {
  readonly name: string;
  readonly role: TokenRole;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface AuditRow {
  readonly seq: number;
  readonly at: string;
  readonly who: string;
  readonly role: TokenRole | null;
  readonly address: string | null;
  readonly what: string;
  readonly target: string | null;
  readonly detail: unknown;
  readonly outcome: string;
  readonly code: string | null;
}

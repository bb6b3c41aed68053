import { createHash } from 'node:crypto';
import type { Actor, Role } from './role.js';

/** `refused`: an expected failure, its code beside it; `failed`: an unexpected one. */
export type AuditOutcome = 'done' | 'refused' | 'failed';

/** What is told to the audit log. */
export interface AuditRecord {
  readonly at: number;
  /** As `by` elsewhere. */
  readonly who: string;
  /** Absent for whoever was not let in. */
  readonly role?: Role;
  readonly address?: string;
  /** The operation, as the API names it. */
  readonly what: string;
  readonly target?: string;
  /** Arguments, and the target before and after, without secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly outcome: AuditOutcome;
  readonly code?: string;
}

export interface AuditEntry extends AuditRecord {
  /** From 1, without gaps. */
  readonly seq: number;
}

/** What the chain hangs on before the first entry. */
export const firstHash = '0'.repeat(64);

/** The columns that the hash covers, in its order. */
export interface HashedColumns {
  readonly seq: number;
  readonly at: number;
  readonly who: string;
  readonly role: string | null;
  readonly address: string | null;
  readonly what: string;
  readonly target: string | null;
  readonly detail: string | null;
  readonly outcome: string;
  readonly code: string | null;
}

/** SHA-256 over the hash before and this row, as hexadecimal text. */
export function chainHash(previous: string, row: HashedColumns): string {
  const { seq, at, who, role, address, what, target, detail, outcome, code } = row;
  const text = JSON.stringify([previous, seq, at, who, role, address, what, target, detail, outcome, code]);
  return createHash('sha256').update(text).digest('hex');
}

/** A record of what somebody did; done unless it says otherwise. */
export function actorRecord(
  actor: Actor,
  record: Omit<AuditRecord, 'who' | 'role' | 'address' | 'outcome'> & Partial<Pick<AuditRecord, 'outcome'>>,
): AuditRecord {
  return {
    who: actor.name,
    role: actor.role,
    ...(actor.address === undefined ? {} : { address: actor.address }),
    outcome: 'done',
    ...record,
  };
}

/** What a token or session may do; `ingest` only hands data in. */
export const roles = ['viewer', 'operator', 'admin', 'ingest'] as const;

export type Role = (typeof roles)[number];

/** Who does something, and from which address. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  readonly address?: string;
}

import type { Needed } from './role.js';

/** A path that is answered, and to whom. A path whose methods need different roles has one of these for each. */
export interface Route {
  /** `http.route` of the semantic conventions. */
  readonly name: string;
  readonly pattern: RegExp;
  /** HEAD goes wherever GET goes. */
  readonly methods: readonly string[];
  readonly access: 'open' | Needed;
  /**
   * What a POST, PUT or DELETE is when it is no change by a person that the gate shall write into the audit log: `reads`, `data` that programs
   * hand in, or `itself`, when whoever answers it writes there.
   */
  readonly writes?: 'reads' | 'data' | 'itself';
  /** A GET that gives away so much that it stands in the audit log. */
  readonly audited?: true;
}

export const read = ['GET', 'HEAD'] as const;
export const readOrPost = ['GET', 'HEAD', 'POST'] as const;

/** Events that are kept and numbered: what was missed is read back by cursor, what comes is published. */
export interface EventLog<E extends { readonly cursor: number }> {
  /** Events with a cursor above `cursor`, oldest first, at most `limit`. */
  since(cursor: number, limit: number): Promise<readonly E[]>;
  /** The newest cursor; 0 when there is none yet. */
  head(): Promise<number>;
}

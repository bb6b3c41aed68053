export interface BackoffRange {
  /** Ceiling of the first pause. */
  readonly firstMs: number;
  /** Ceiling of every pause. */
  readonly longestMs: number;
}

/**
 * How long to wait after so many failures in a row, at least one. Ceilings double; half of each is certain and half is random (equal
 * jitter), so that what failed together does not come back together. `random` is in [0, 1).
 */
export function backoffMs(failures: number, { firstMs, longestMs }: BackoffRange, random: number): number {
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 30));
  return (ceilingMs / 2) * (1 + random);
}

const firstPauseMs = 500;
const longestPauseMs = 60_000;

/**
 * How long to wait after so many failures in a row. Equal jitter: half of the pause is certain, half is random, so that channels that
 * failed together do not come back together. `random` is in [0, 1).
 */
export function backoffMs(failures: number, random: number): number {
  const fullMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(Math.max(0, failures - 1), 10));
  return fullMs / 2 + (random * fullMs) / 2;
}

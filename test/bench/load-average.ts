import { loadavg } from 'node:os';

/** What else the machine had to do, to be read beside every figure: of the last 1, 5 and 15 minutes. */
export function loadAverage(): string {
  return loadavg()
    .map((load) => load.toFixed(2))
    .join(' ');
}

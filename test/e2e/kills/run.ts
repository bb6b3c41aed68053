/** One life of the program. Times are milliseconds since the epoch. */
export interface Run {
  readonly readyAt: number;
  endedAt: number;
}

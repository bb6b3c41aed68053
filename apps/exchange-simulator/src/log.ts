/** One line about what happened; never on stdout, which carries the listening event alone. */
export type Log = (message: string) => void;

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

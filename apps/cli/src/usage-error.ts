/** A command line that cannot be obeyed, told by its message and with the code for wrong usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A password would have gone over the network for all to read. */
export class UnencryptedPasswordError extends Error {
  override readonly name = 'UnencryptedPasswordError';
}

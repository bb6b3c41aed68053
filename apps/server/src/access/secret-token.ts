import { randomBytes } from 'node:crypto';

/** A bearer token of 256 random bits; its prefix tells people and secret scanners whose it is. */
export function newSecretToken(): string {
  return `tw_${randomBytes(32).toString('base64url')}`;
}

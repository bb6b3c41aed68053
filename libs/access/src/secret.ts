import { createHash, randomBytes } from 'node:crypto';

const secretBytes = 32;

/** 256 random bits as text; the prefix of a token tells people and secret scanners whose it is. */
export function newSecret(prefix = ''): string {
  return `${prefix}${randomBytes(secretBytes).toString('base64url')}`;
}

/** All that is kept of a secret: it is found by this, in a time that says nothing about any other. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

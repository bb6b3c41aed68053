import { scrypt } from 'node:crypto';

/**
 * Names the admin token in the sessions that it opens, so that a new one ends them. Slow to compute on purpose: the state database must not
 * help anybody to guess a short token.
 */
export function adminOrigin(adminToken: string): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(adminToken, 'tapewatch session 2', 12, (error, key) => {
      if (error) reject(error);
      else resolve(`admin:${key.toString('hex')}`);
    });
  });
}

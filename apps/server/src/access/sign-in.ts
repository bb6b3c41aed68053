import { createHash, randomBytes } from 'node:crypto';
import type { Credentials } from './credentials.js';
import type { Sessions } from './session.js';

/** Turns a one-time link, or the admin token typed into the form, into a session. */
export class SignIn {
  readonly #credentials: Credentials;
  readonly #sessions: Sessions;
  #oneTimeHash: string | undefined;

  constructor(credentials: Credentials, sessions: Sessions) {
    this.#credentials = credentials;
    this.#sessions = sessions;
  }

  /** A new one-time token; the one before is void. */
  issueOneTimeToken(): string {
    const token = randomBytes(32).toString('base64url');
    this.#oneTimeHash = hashOf(token);
    return token;
  }

  /** The Set-Cookie header of the new session; undefined when the token is not valid, or not any more. */
  consume(token: string): string | undefined {
    if (this.#oneTimeHash !== undefined && hashOf(token) === this.#oneTimeHash) {
      this.#oneTimeHash = undefined;
      return this.#sessions.open('admin');
    }
    return this.#credentials.isAdminToken(token) ? this.#sessions.open('admin') : undefined;
  }
}

// Comparing hashes takes a time that says nothing about the token.
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

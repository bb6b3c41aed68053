import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '@tapewatch/model';
import { AttemptLimit } from './attempt-limit.js';
import type { Credentials } from './credentials.js';
import type { Sessions } from './session.js';

/** `cookie` is the Set-Cookie header of the new session; `waitMs` is how long no attempt is looked at. */
export type SignInOutcome =
  | { readonly kind: 'opened'; readonly cookie: string }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too_many'; readonly waitMs: number };

/** Turns a one-time link, or the admin token typed into the form, into a session. */
export class SignIn {
  readonly #credentials: Credentials;
  readonly #sessions: Sessions;
  readonly #limit: AttemptLimit;
  #oneTimeHash: string | undefined;

  constructor(credentials: Credentials, sessions: Sessions, clock: Clock) {
    this.#credentials = credentials;
    this.#sessions = sessions;
    this.#limit = new AttemptLimit(clock);
  }

  /** A new one-time token; the one before is void. */
  issueOneTimeToken(): string {
    const token = randomBytes(32).toString('base64url');
    this.#oneTimeHash = hashOf(token);
    return token;
  }

  attempt(token: string): SignInOutcome {
    const waitMs = this.#limit.waitMs();
    if (waitMs > 0) return { kind: 'too_many', waitMs };
    if (this.#consume(token)) return { kind: 'opened', cookie: this.#sessions.open('admin') };
    this.#limit.failed();
    return { kind: 'wrong' };
  }

  #consume(token: string): boolean {
    if (this.#oneTimeHash !== undefined && hashOf(token) === this.#oneTimeHash) {
      this.#oneTimeHash = undefined;
      return true;
    }
    return this.#credentials.isAdminToken(token);
  }
}

// Comparing hashes takes a time that says nothing about the token.
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

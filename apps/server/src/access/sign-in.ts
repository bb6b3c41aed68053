import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '@tapewatch/model';
import type { Access } from '@tapewatch/pipeline';
import type { AttemptLimit } from './attempt-limit.js';
import type { AuditTrail } from './audit-trail.js';
import type { Credentials } from './credentials.js';
import type { Principal } from './role.js';

/** `secret` is that of the new session, which ends at `endsAt` at the latest; `waitMs` is how long no attempt from there is looked at. */
export type SignInOutcome =
  | { readonly kind: 'opened'; readonly secret: string; readonly lifeMs: number }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'too_many'; readonly waitMs: number };

export interface SignInOptions {
  readonly credentials: Credentials;
  readonly access: Access;
  readonly attempts: AttemptLimit;
  readonly trail: AuditTrail;
  readonly clock: Clock;
}

/** Links that nobody has used. */
const mostLinks = 100;

interface Link {
  readonly principal: Principal;
  readonly endsAt: number;
}

/** Turns a one-time link, or a token typed into the form, into a session of whoever the link or token is of. */
export class SignIn {
  readonly #options: SignInOptions;
  readonly #links = new Map<string, Link>();

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /** A one-time token that signs `principal` in. It is good until it is used, and for no longer than `lifeMs` or this run of the program. */
  issueOneTimeToken(principal: Principal, lifeMs = Number.POSITIVE_INFINITY): string {
    const token = randomBytes(32).toString('base64url');
    this.#links.set(hashOf(token), { principal, endsAt: this.#options.clock.now() + lifeMs });
    const [oldest] = this.#links.keys();
    if (this.#links.size > mostLinks && oldest !== undefined) this.#links.delete(oldest);
    return token;
  }

  async attempt(token: string, address: string): Promise<SignInOutcome> {
    const { access, attempts, clock, trail } = this.#options;
    const waitMs = attempts.waitMs(address);
    if (waitMs > 0) return { kind: 'too_many', waitMs };
    const linked = this.#consume(token);
    const principal = linked ?? this.#holderOf(token);
    if (principal === undefined) {
      attempts.failed(address);
      trail.wrongSignIn(address, 'UNAUTHENTICATED');
      return { kind: 'wrong' };
    }
    const { name, role, origin, expiresAt } = principal;
    const wanted = { who: name, role, origin, address, ...(expiresAt === undefined ? {} : { endsAt: expiresAt }) };
    const opened = await access.sessions.open(wanted, { by: linked === undefined ? 'token' : 'link' });
    if (!opened.ok) return { kind: 'unavailable' };
    return { kind: 'opened', secret: opened.value.secret, lifeMs: opened.value.session.endsAt - clock.now() };
  }

  /** Of a link only, and only while whoever made it may come in. */
  #consume(token: string): Principal | undefined {
    const hash = hashOf(token);
    const link = this.#links.get(hash);
    this.#links.delete(hash);
    if (link === undefined || link.endsAt <= this.#options.clock.now()) return undefined;
    return this.#options.credentials.isCurrent(link.principal) ? link.principal : undefined;
  }

  /** Those who may only hand data in have nothing to look at. */
  #holderOf(token: string): Principal | undefined {
    const holder = this.#options.credentials.holderOf(token);
    return holder?.role === 'ingest' ? undefined : holder;
  }
}

// Found by its hash in a time that says nothing about the token.
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

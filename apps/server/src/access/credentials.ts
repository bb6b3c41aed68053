import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Access, AccessToken, Session } from '@tapewatch/pipeline';
import { localName } from '@tapewatch/pipeline/access';
import type { Principal } from './role.js';
import { sessionSecretIn } from './session-cookie.js';

/** `missing`: nothing was shown; `wrong`: what was shown is not valid. */
export type Identity = Principal | 'missing' | 'wrong';

export interface CredentialsOptions {
  readonly adminToken: string;
  /** Names the admin token; see `adminOrigin`. */
  readonly adminOrigin: string;
  /** That of commands on this machine, for this run. */
  readonly localToken: string;
  readonly access: Access;
}

/** Tells who stands behind a token or a session. Of the admin's token, too, only the SHA-256 is kept. */
export class Credentials {
  readonly #adminHash: Buffer;
  readonly #localHash: Buffer;
  readonly #admin: Principal;
  readonly #local: Principal;
  readonly #access: Access;

  constructor({ adminToken, adminOrigin: origin, localToken, access }: CredentialsOptions) {
    this.#adminHash = sha256(adminToken);
    this.#localHash = sha256(localToken);
    this.#admin = { name: 'admin', role: 'admin', origin };
    // Whoever may read the data folder may read the admin's token, too.
    this.#local = { name: localName(), role: 'admin', origin };
    this.#access = access;
  }

  /** The admin, as whom the one-time link of the start signs in. */
  get admin(): Principal {
    return this.#admin;
  }

  /** A token that was sent decides alone, even when a valid session came with it. */
  identify(authorization: string | undefined, cookie: string | undefined): Identity {
    if (authorization !== undefined) {
      const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
      return (token === undefined ? undefined : this.holderOf(token)) ?? 'wrong';
    }
    const secret = sessionSecretIn(cookie);
    const session = secret === undefined ? undefined : this.#access.sessions.identify(secret);
    return session === undefined ? 'missing' : principalOfSession(session);
  }

  /** Over HTTP a token may also come as the password of Basic authentication, under any user name: older tools know nothing else. */
  identifyRequest({ headers: { authorization, cookie } }: IncomingMessage): Identity {
    const password = authorization === undefined ? undefined : passwordIn(authorization);
    return this.identify(password === undefined ? authorization : `Bearer ${password}`, cookie);
  }

  /** Whose token this is. The comparison takes a time that says nothing about the token. */
  holderOf(token: string): Principal | undefined {
    const hash = sha256(token);
    if (timingSafeEqual(hash, this.#adminHash)) return this.#admin;
    if (timingSafeEqual(hash, this.#localHash)) return this.#local;
    const known = this.#access.tokens.identify(token);
    return known === undefined ? undefined : principalOfToken(known);
  }

  /** Whether whoever was let in would be let in again. A session that a socket uses stays alive by being asked for. */
  isCurrent({ origin, session }: Principal): boolean {
    if (session !== undefined) {
      if (!this.#access.sessions.isLive(session)) return false;
      this.#access.sessions.see(session);
      return true;
    }
    const id = /^token:(\d+)$/.exec(origin)?.[1];
    return id === undefined || this.#access.tokens.isLive(Number(id));
  }
}

/** Undefined when it is no Basic authentication. */
function passwordIn(authorization: string): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : text.slice(colon + 1);
}

function principalOfToken({ id, name, role, expiresAt }: AccessToken): Principal {
  return { name, role, origin: `token:${id}`, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function principalOfSession({ id, who, role, origin, endsAt }: Session): Principal {
  return { name: who, role, origin, session: id, expiresAt: endsAt };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

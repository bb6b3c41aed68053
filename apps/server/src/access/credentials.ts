import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { localPrincipal } from './local-principal.js';
import type { Principal } from './role.js';
import type { Sessions } from './session.js';

/** `missing`: nothing was shown; `wrong`: what was shown is not valid. */
export type Identity = Principal | 'missing' | 'wrong';

export interface CredentialsOptions {
  readonly adminToken: string;
  /** That of commands on this machine, for this run. */
  readonly localToken: string;
  readonly sessions: Sessions;
}

/** Tells who stands behind a token or a session. Only the token's SHA-256 is kept. */
export class Credentials {
  readonly #adminHash: Buffer;
  readonly #localHash: Buffer;
  readonly #local = localPrincipal();
  readonly #sessions: Sessions;

  constructor({ adminToken, localToken, sessions }: CredentialsOptions) {
    this.#adminHash = sha256(adminToken);
    this.#localHash = sha256(localToken);
    this.#sessions = sessions;
  }

  /** A token that was sent decides alone, even when a valid session came with it. */
  identify(authorization: string | undefined, cookie: string | undefined): Identity {
    if (authorization !== undefined) return this.#bearer(authorization) ?? 'wrong';
    return this.#sessions.read(cookie) ?? 'missing';
  }

  identifyRequest(request: IncomingMessage): Identity {
    return this.identify(request.headers.authorization, request.headers.cookie);
  }

  isAdminToken(token: string): boolean {
    return timingSafeEqual(sha256(token), this.#adminHash);
  }

  #bearer(authorization: string): Principal | undefined {
    const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    if (this.isAdminToken(token)) return { name: 'admin', role: 'admin' };
    return timingSafeEqual(sha256(token), this.#localHash) ? this.#local : undefined;
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Principal } from './role.js';
import type { Sessions } from './session.js';

/** `missing`: nothing was shown; `wrong`: what was shown is not valid. */
export type Identity = Principal | 'missing' | 'wrong';

/** Tells who stands behind a token or a session. Only the token's SHA-256 is kept. */
export class Credentials {
  readonly #adminHash: Buffer;
  readonly #sessions: Sessions;

  constructor(adminToken: string, sessions: Sessions) {
    this.#adminHash = sha256(adminToken);
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
    return token !== undefined && this.isAdminToken(token) ? { name: 'admin', role: 'admin' } : undefined;
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@tapewatch/model';
import type { Principal } from './role.js';

const cookieName = 'tapewatch_session';
const lifeMs = 30 * 86_400_000;

/**
 * Browser sessions as signed cookies: `name.expiry.signature`. The key derives from the admin token, so a new admin
 * token ends every session.
 */
export class Sessions {
  readonly #key: Buffer;
  readonly #clock: Clock;
  readonly #secure: boolean;

  constructor(options: { readonly adminToken: string; readonly clock: Clock; readonly secure: boolean }) {
    this.#key = createHmac('sha256', options.adminToken).update('tapewatch session 1').digest();
    this.#clock = options.clock;
    this.#secure = options.secure;
  }

  /** The Set-Cookie header that opens a session of 30 days. */
  open(name: string): string {
    const content = `${Buffer.from(name).toString('base64url')}.${this.#clock.now() + lifeMs}`;
    const secure = this.#secure ? '; Secure' : '';
    return `${cookieName}=${content}.${this.#sign(content)}; Path=/; Max-Age=${lifeMs / 1000}; HttpOnly; SameSite=Lax${secure}`;
  }

  /** Who a Cookie header stands for; undefined when it holds no session, a forged one, or one that is over. */
  read(header: string | undefined): Principal | undefined {
    const value = cookieOf(header);
    const [name, expiry, signature] = value?.split('.') ?? [];
    if (name === undefined || expiry === undefined || signature === undefined) return undefined;
    if (!same(signature, this.#sign(`${name}.${expiry}`))) return undefined;
    const expiresAt = Number(expiry);
    if (!(expiresAt > this.#clock.now())) return undefined;
    // For now only the admin exists; the name is kept so that sessions of others can be told apart later.
    return { name: Buffer.from(name, 'base64url').toString(), role: 'admin', expiresAt };
  }

  #sign(content: string): string {
    return createHmac('sha256', this.#key).update(content).digest('base64url');
  }
}

function cookieOf(header: string | undefined): string | undefined {
  const prefix = `${cookieName}=`;
  return header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const cookieName = 'tapewatch_session';
const attributes = 'Path=/; HttpOnly; SameSite=Lax';

/** The Set-Cookie header that hands a session to a browser, for at most so long. */
export function sessionCookie(secret: string, lifeMs: number, secure: boolean): string {
  return `${cookieName}=${secret}; Max-Age=${Math.floor(lifeMs / 1000)}; ${attributes}${secure ? '; Secure' : ''}`;
}

/** The Set-Cookie header that takes it away again. */
export function noSessionCookie(): string {
  return `${cookieName}=; Max-Age=0; ${attributes}`;
}

/** The session's secret in a Cookie header; undefined when there is none. */
export function sessionSecretIn(header: string | undefined): string | undefined {
  const prefix = `${cookieName}=`;
  const value = header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
  return value === '' ? undefined : value;
}

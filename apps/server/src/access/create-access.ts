import type { Clock } from '@tapewatch/model';
import type { Pipeline } from '@tapewatch/pipeline';
import type { ServerOptions } from '../server.js';
import { adminOrigin } from './admin-origin.js';
import { AttemptLimit } from './attempt-limit.js';
import { AuditTrail } from './audit-trail.js';
import { Credentials } from './credentials.js';
import { RequestOrigin } from './request-origin.js';
import { SignIn } from './sign-in.js';

/** Everything that decides who may do what, and writes down who did. */
export interface AccessParts {
  readonly credentials: Credentials;
  readonly signIn: SignIn;
  readonly origins: RequestOrigin;
  readonly trail: AuditTrail;
  /** Of tokens in requests. */
  readonly attempts: AttemptLimit;
  /** The link that opens a session with a one-time token. */
  readonly signInUrl: (token: string) => string;
}

export interface AccessPartsOptions {
  readonly pipeline: Pick<Pipeline, 'access' | 'read'>;
  readonly adminToken: string;
  readonly localToken: string;
  readonly listening: Pick<ServerOptions, 'externalUrl' | 'trustedProxies'> & { readonly proxiesOnly: boolean };
  /** How users reach the server; asked late, as the port may be known late. */
  readonly url: () => string;
  readonly clock: Clock;
}

export async function createAccess(options: AccessPartsOptions): Promise<AccessParts> {
  const { pipeline, adminToken, localToken, listening, clock, url } = options;
  const { access } = pipeline;
  const origin = await adminOrigin(adminToken);
  // Sessions that another admin token opened end with it.
  access.sessions.endAll((session) => session.origin.startsWith('admin:') && session.origin !== origin);
  const credentials = new Credentials({ adminToken, adminOrigin: origin, localToken, access });
  const trail = new AuditTrail(pipeline, clock);
  return {
    credentials,
    trail,
    signIn: new SignIn({ credentials, access, attempts: new AttemptLimit(clock), trail, clock }),
    origins: new RequestOrigin({ ...listening, trustedProxies: listening.trustedProxies ?? [] }),
    attempts: new AttemptLimit(clock),
    signInUrl: (token) => `${url()}/sign-in?token=${token}`,
  };
}

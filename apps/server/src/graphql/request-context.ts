import type { IncomingMessage } from 'node:http';
import type { Principal } from '../access/role.js';

/** What resolvers know about whoever asks. */
export interface RequestContext {
  readonly principal: Principal;
  /** Absent over WebSocket. */
  readonly request?: IncomingMessage;
}

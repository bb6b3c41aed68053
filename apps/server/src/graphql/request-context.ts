import type { IncomingMessage } from 'node:http';
import type { Principal } from '../access/role.js';
import type { Slots } from '../subscriptions/slots.js';

/** What resolvers know about whoever asks. */
export interface RequestContext {
  readonly principal: Principal;
  /** From where. */
  readonly address?: string;
  /** Absent over WebSocket. */
  readonly request?: IncomingMessage;
  /** How many `metricUpdates` the socket may have; absent over HTTP. */
  readonly metricFeeds?: Slots;
}

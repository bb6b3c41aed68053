import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Notification } from '@tapewatch/plugin-sdk';

/** A notification as it lies on disk: JSON, or its raw deflate (RFC 1951) where it is long; '' where there is none. */
export type Payload = string | Uint8Array;

/** Alerts of one group are much alike: a notification of hundreds of them shrinks to a tenth. */
const longFrom = 4_096;

export function payloadOf(notification: Notification): Payload {
  const json = JSON.stringify(notification);
  return json.length < longFrom ? json : new Uint8Array(deflateRawSync(json, { level: 1 }));
}

/** Undefined where there is none. */
export function readPayload(payload: Payload): Notification | undefined {
  if (payload.length === 0) return undefined;
  const json = typeof payload === 'string' ? payload : inflateRawSync(payload).toString('utf8');
  return JSON.parse(json) as Notification;
}

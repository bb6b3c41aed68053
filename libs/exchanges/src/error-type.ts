import type { CcxtLibrary } from './ccxt-library.js';

/** Values of the attribute `error.type`: a closed set, so that alert rules can rely on it. */
export const errorTypes = [
  'timeout',
  'network',
  'rate_limited',
  'banned',
  'auth',
  'clock_skew',
  'unavailable',
  'maintenance',
  'malformed_response',
  'rejected',
  'unknown',
] as const;

export type ErrorType = (typeof errorTypes)[number];

/** ccxt's classes, the special ones before those that they extend. */
const byClass: readonly (readonly [className: string, type: ErrorType])[] = [
  ['RequestTimeout', 'timeout'],
  ['OnMaintenance', 'maintenance'],
  ['ExchangeNotAvailable', 'unavailable'],
  ['DDoSProtection', 'rate_limited'],
  ['RateLimitExceeded', 'rate_limited'],
  ['InvalidNonce', 'clock_skew'],
  ['NetworkError', 'network'],
  ['BadResponse', 'malformed_response'],
  ['AuthenticationError', 'auth'],
  ['OperationFailed', 'unavailable'],
  ['BaseError', 'rejected'],
];

/** Thrown by this room for an answer that ccxt took although it says nothing. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';
}

/** `status` is the answer's HTTP status where there was one: ccxt throws the same class for 418 (banned) as for 429. */
export function errorTypeOf(library: CcxtLibrary, thrown: unknown, status?: number): ErrorType {
  if (status === 418) return 'banned';
  if (status === 429) return 'rate_limited';
  for (const [className, type] of byClass) {
    const errorClass = library.errors[className];
    if (errorClass !== undefined && thrown instanceof errorClass) return type;
  }
  // ccxt reads fields of whatever the body was: HTML or cut-off JSON under status 200 ends in a bare TypeError
  if (thrown instanceof MalformedResponse || thrown instanceof TypeError || thrown instanceof SyntaxError)
    return 'malformed_response';
  // Node's and undici's own failures carry a code: certificates, DNS, sockets
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? 'network' : 'unknown';
}

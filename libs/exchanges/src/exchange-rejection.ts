import { loadedCcxt } from './ccxt-library.js';

/** What the `ws` package throws when a queued subscription is sent after its socket has closed. */
const sentTooLate = /^WebSocket is not open: readyState \d/;

/**
 * Whether an unhandled rejection is one of those that ccxt leaves behind when a connection fails: the failure has already
 * been seen and counted by the session, so that the program may log it and go on. For `process.on('unhandledRejection')`.
 */
export function isExchangeRejection(reason: unknown): boolean {
  const library = loadedCcxt();
  if (library === undefined || !(reason instanceof Error)) return false;
  return sentTooLate.test(reason.message) || reason instanceof library.BaseError;
}

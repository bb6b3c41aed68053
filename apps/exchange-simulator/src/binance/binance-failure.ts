import type { RestFailure } from '../faults/effects.js';
import type { RestReply } from '../venue-dialect.js';

const json = { 'content-type': 'application/json;charset=UTF-8' };
const html = { 'content-type': 'text/html' };

/**
 * What the venue answers while a `rest_error` fault lasts: its own error body, the page of the proxy before it, JSON that
 * breaks off, or nothing. 429 and 418 say when to come back.
 */
export function binanceFailure({ status, body, remainingMs }: RestFailure): RestReply {
  const banned = status === 429 || status === 418;
  const retryAfter = banned ? { 'retry-after': String(Math.ceil((remainingMs ?? 60_000) / 1000)) } : {};
  const reply = (headers: Record<string, string>, text: string): RestReply => ({
    status,
    headers: { ...headers, ...retryAfter },
    body: text,
  });
  switch (body) {
    case 'json':
      return reply(json, status < 400 ? '{}' : JSON.stringify(errorBody(status)));
    case 'html':
      return reply(
        html,
        `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>`,
      );
    case 'broken':
      return reply(json, '{"symbol":"BTCUSDT","lastPrice":"94');
    case 'empty':
      return reply({}, '');
  }
}

function errorBody(status: number): { code: number; msg: string } {
  switch (status) {
    case 401:
      return { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' };
    case 418:
      return { code: -1003, msg: 'Way too much request weight used; IP banned.' };
    case 429:
      return { code: -1003, msg: 'Too many requests.' };
    case 504:
      return { code: -1007, msg: 'Timeout waiting for response from backend server.' };
    default:
      return status >= 500
        ? { code: -1001, msg: 'Internal error; unable to process your request. Please try again.' }
        : { code: -1000, msg: 'An unknown error occurred while processing the request.' };
  }
}

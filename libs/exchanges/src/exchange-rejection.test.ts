import { describe, expect, it } from 'vitest';
import { loadCcxt } from './ccxt-library.js';
import { isExchangeRejection } from './exchange-rejection.js';

describe('isExchangeRejection', () => {
  it('claims nothing before ccxt has been read', () => {
    expect(isExchangeRejection(new Error('WebSocket is not open: readyState 3 (CLOSED)'))).toBe(false);
  });

  it('knows the rejections that ccxt leaves, and no others', () => {
    const { NetworkError } = loadCcxt().errors;
    if (NetworkError === undefined) throw new Error('ccxt has no NetworkError');
    expect(isExchangeRejection(new NetworkError('connection closed'))).toBe(true);
    expect(isExchangeRejection(new Error('WebSocket is not open: readyState 3 (CLOSED)'))).toBe(true);
    expect(isExchangeRejection(new TypeError('a bug of ours'))).toBe(false);
    expect(isExchangeRejection('WebSocket is not open: readyState 3')).toBe(false);
    expect(isExchangeRejection(undefined)).toBe(false);
  });
});

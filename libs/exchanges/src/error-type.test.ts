import { describe, expect, it } from 'vitest';
import { loadCcxt } from './ccxt-library.js';
import { errorTypeOf, errorTypes, MalformedResponse } from './error-type.js';

const library = loadCcxt();

function ccxtError(className: string): Error {
  const ErrorClass = library.errors[className];
  if (ErrorClass === undefined) throw new Error(`ccxt has no ${className}`);
  return new ErrorClass('said ccxt');
}

describe('errorTypeOf', () => {
  it.each([
    ['RequestTimeout', 'timeout'],
    ['OnMaintenance', 'maintenance'],
    ['ExchangeNotAvailable', 'unavailable'],
    ['DDoSProtection', 'rate_limited'],
    ['RateLimitExceeded', 'rate_limited'],
    ['InvalidNonce', 'clock_skew'],
    ['NetworkError', 'network'],
    ['NullResponse', 'malformed_response'],
    ['PermissionDenied', 'auth'],
    ['OperationFailed', 'unavailable'],
    ['BadSymbol', 'rejected'],
  ])('calls %s %s', (className, type) => {
    expect(errorTypeOf(library, ccxtError(className))).toBe(type);
  });

  it('tells a ban from a limit by the status, as ccxt throws the same for both', () => {
    expect(errorTypeOf(library, ccxtError('DDoSProtection'), 418)).toBe('banned');
    expect(errorTypeOf(library, ccxtError('DDoSProtection'), 429)).toBe('rate_limited');
  });

  it('knows what ccxt throws at bodies it cannot read', () => {
    expect(errorTypeOf(library, new TypeError("Cannot use 'in' operator"), 200)).toBe('malformed_response');
    expect(errorTypeOf(library, new MalformedResponse('nothing'))).toBe('malformed_response');
  });

  it('calls what the runtime throws at the socket network, and the rest unknown', () => {
    expect(errorTypeOf(library, Object.assign(new Error('cert'), { code: 'CERT_HAS_EXPIRED' }))).toBe('network');
    expect(errorTypeOf(library, new Error('what?'))).toBe('unknown');
    expect(errorTypeOf(library, 'what?')).toBe('unknown');
  });

  it('knows every class of ccxt, so that an update cannot rename one unseen', () => {
    const classes = Object.entries(library.errors).filter(
      ([, value]) => typeof value === 'function' && value.prototype instanceof library.BaseError,
    );
    expect(classes.length).toBeGreaterThan(30);
    for (const [className] of classes) expect(errorTypes).toContain(errorTypeOf(library, ccxtError(className)));
  });
});

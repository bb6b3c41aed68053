import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestOrigin } from './request-origin.js';

function request(peer: string, headers: Readonly<Record<string, string>> = {}, encrypted = false): IncomingMessage {
  const socket = { remoteAddress: peer, ...(encrypted ? { encrypted: true } : {}) };
  return { socket, headers: { host: 'watch:8080', ...headers } } as unknown as IncomingMessage;
}

describe('RequestOrigin', () => {
  const origins = new RequestOrigin({ trustedProxies: ['10.0.0.0/8', 'fd00::7'], proxiesOnly: true });

  it.each([
    ['1.2.3.4', '9.9.9.9', '1.2.3.4'],
    ['::ffff:1.2.3.4', undefined, '1.2.3.4'],
    ['10.0.0.7', '9.9.9.9', '9.9.9.9'],
    ['::ffff:10.0.0.7', '6.6.6.6, 9.9.9.9', '9.9.9.9'],
    ['10.0.0.7', '6.6.6.6, 9.9.9.9, 10.1.1.1', '9.9.9.9'],
    ['fd00::7', '[2001:DB8::1]:443', '2001:db8::1'],
    ['10.0.0.7', '9.9.9.9:1234', '9.9.9.9'],
    ['10.0.0.7', 'unknown', '10.0.0.7'],
    ['10.0.0.7', undefined, '10.0.0.7'],
    ['10.0.0.7', '10.0.0.8', '10.0.0.8'],
  ])('takes a request from %s for %s as one of %s', (peer, forwarded, address) => {
    expect(origins.addressOf(request(peer, forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }))).toBe(
      address,
    );
  });

  it('believes nobody but the proxies, whatever they say', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.string(), fc.string(), (peer, forwarded, proto) => {
        fc.pre(!peer.startsWith('10.'));
        const asked = request(peer, { 'x-forwarded-for': forwarded, 'x-forwarded-proto': proto });
        expect([origins.addressOf(asked), origins.isSecure(asked)]).toEqual([peer, false]);
      }),
    );
    expect(origins.isSecure(request('10.0.0.7', { 'x-forwarded-proto': 'https' }))).toBe(true);
    expect(origins.isSecure(request('10.0.0.7', { 'x-forwarded-proto': 'http' }))).toBe(false);
    expect(origins.isSecure(request('1.2.3.4', {}, true))).toBe(true);
  });

  it('lets in who comes by the proxy or from this machine, where only these may', () => {
    const admitted = ['10.9.9.9', '127.0.0.1', '::1', '::ffff:127.0.0.1', '1.2.3.4', ''].filter((peer) =>
      origins.mayComeIn(request(peer)),
    );
    expect(admitted).toEqual(['10.9.9.9', '127.0.0.1', '::1', '::ffff:127.0.0.1']);
    const open = new RequestOrigin({ trustedProxies: ['10.0.0.7'], proxiesOnly: false });
    expect(open.mayComeIn(request('1.2.3.4'))).toBe(true);
  });

  it('tells pages of other sites from our own', () => {
    const named = new RequestOrigin({ trustedProxies: [], externalUrl: 'https://w.example/x', proxiesOnly: false });
    const cross = (headers: Readonly<Record<string, string>>) => named.isCrossSite(request('1.2.3.4', headers));
    expect(
      [{}, { origin: 'http://watch:8080' }, { origin: 'https://w.example' }, { 'sec-fetch-site': 'none' }].map(cross),
    ).toEqual([false, false, false, false]);
    const others = ['http://evil', 'null', '', 'http://watch', 'http://watch:8080.evil'].map((origin) => ({ origin }));
    expect([...others, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }].map(cross)).toEqual(
      Array.from({ length: 7 }, () => true),
    );
  });
});

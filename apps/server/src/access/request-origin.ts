import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { isLoopback } from '@tapewatch/config';

export interface RequestOriginOptions {
  /** Addresses and networks whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  /** How users reach the server, when that is not the address it listens on. */
  readonly externalUrl?: string;
  /** Only proxies and this machine are served: whoever comes past them would speak in plain text. */
  readonly proxiesOnly: boolean;
}

/** Where requests come from, and how: over TLS or not, from a page of ours or of somebody else. */
export class RequestOrigin {
  readonly #options: RequestOriginOptions;
  readonly #proxies = new BlockList();
  readonly #externalOrigin: string | undefined;

  constructor(options: RequestOriginOptions) {
    this.#options = options;
    this.#externalOrigin = options.externalUrl === undefined ? undefined : new URL(options.externalUrl).origin;
    for (const network of options.trustedProxies) addNetwork(this.#proxies, network);
  }

  /** The address of whoever asks: the last one in the chain of proxies that is not one of ours. */
  addressOf(request: IncomingMessage): string {
    let address = peerOf(request);
    const forwarded = textOf(request.headers['x-forwarded-for']).split(',');
    while (this.#isProxy(address)) {
      const before = plainAddress(forwarded.pop()?.trim() ?? '');
      if (before === undefined) break;
      address = before;
    }
    return address;
  }

  isSecure(request: IncomingMessage): boolean {
    if ('encrypted' in request.socket || (this.#externalOrigin?.startsWith('https:') ?? false)) return true;
    if (!this.#isProxy(peerOf(request))) return false;
    return textOf(request.headers['x-forwarded-proto']).split(',').at(-1)?.trim().toLowerCase() === 'https';
  }

  /** False for whoever comes past the proxy. */
  mayComeIn(request: IncomingMessage): boolean {
    const peer = peerOf(request);
    return !this.#options.proxiesOnly || isLoopback(peer) || this.#isProxy(peer);
  }

  /** Whether a browser sent this from a page of another site. Programs say nothing of the kind. */
  isCrossSite(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    if (origin !== undefined) return !(origin === this.#externalOrigin || hostOf(origin) === host);
    const site = request.headers['sec-fetch-site'];
    return site === 'cross-site' || site === 'same-site';
  }

  #isProxy(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#proxies.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', prefix] = network.split('/');
  const type = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  if (prefix === undefined) list.addAddress(address, type);
  else list.addSubnet(address, Number(prefix), type);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function peerOf(request: IncomingMessage): string {
  return plainAddress(request.socket.remoteAddress ?? '') ?? '';
}

/** Without port, brackets, zone and the prefix of an IPv4 address that came over IPv6; undefined when it is no address. */
function plainAddress(text: string): string | undefined {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  const address = bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address.toLowerCase();
}

function textOf(header: string | readonly string[] | undefined): string {
  return header === undefined ? '' : typeof header === 'string' ? header : header.join(',');
}

import type { Problem } from '@tapewatch/model';
import { formatPath } from './path.js';
import type { ListenAddress } from './scalars.js';
import { parseListen } from './scalars.js';
import type { YamlTree } from './yaml-tree.js';

/** Whether only this machine reaches the address. A name other than localhost may stand for anything. */
export function isLoopback(host: string): boolean {
  return /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost)$/i.test(host);
}

/**
 * Tokens and sessions must not travel in plain text between machines unless somebody says that they may. `override` is what the environment
 * says to listen on.
 */
export function checkListening(tree: YamlTree, override: ListenAddress | undefined): readonly Problem[] {
  const server = mapping(tree.root['server']);
  const written = typeof server['listen'] === 'string' ? parseListen(server['listen']) : undefined;
  const address = override ?? written;
  if (address === undefined || isLoopback(address.host)) return [];
  const proxies: unknown = server['trusted_proxies'];
  const confirmed = server['allow_plaintext'] === true || server['allow_plaintext'] === 'true';
  if (confirmed || server['tls'] !== undefined || (Array.isArray(proxies) && proxies.length > 0)) return [];
  const path = ['server', 'listen'];
  const { file, line, column } = tree.locate(path);
  return [
    {
      code: 'LISTEN_INSECURE',
      message: 'Other machines reach this address, and tokens would travel to it in plain text.',
      ...(override === undefined ? { file, line, column, path: formatPath(path) } : { path: 'TAPEWATCH_LISTEN' }),
      found: address.host,
      hint: 'Listen on 127.0.0.1; or set server.tls; or name the proxy that ends TLS in server.trusted_proxies; or confirm with server.allow_plaintext: true.',
    },
  ];
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

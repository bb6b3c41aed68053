import { isIPv4 } from 'node:net';

/** True for the names and addresses of this machine's loopback interface; brackets around an IPv6 address are allowed. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true;
  return isIPv4(host) && host.startsWith('127.');
}

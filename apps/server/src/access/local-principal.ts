import { userInfo } from 'node:os';
import type { Principal } from './role.js';

/** Whoever may read the data folder: the user of this machine under whom the server runs. */
export function localPrincipal(): Principal {
  return { name: `local:${userName()}`, role: 'admin' };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no user has.
    return String(process.getuid?.() ?? 'unknown');
  }
}

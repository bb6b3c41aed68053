import { userInfo } from 'node:os';

/** As whom those act who may read the data folder: the user of this machine. */
export function localName(): string {
  return `local:${userName()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no user has.
    return String(process.getuid?.() ?? 'unknown');
  }
}

import { userInfo } from 'node:os';

/** The user of this machine under whom the server runs, and commands that read its data folder. */
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

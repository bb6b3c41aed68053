import { closeSync, openSync } from 'node:fs';

/** Whether this process has a terminal: false for a service, and once the terminal was closed. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

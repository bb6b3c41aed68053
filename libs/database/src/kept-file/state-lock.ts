import { DatabaseSync } from 'node:sqlite';

const busy = 5;
const locked = 6;

/**
 * Held through a file of its own, so that the state is looked at only by its owner; ends with the process, however it ends. Throws what
 * `isHeldByAnother` recognizes.
 */
export function lockState(path: string): { release(): void } {
  const lock = new DatabaseSync(`${path}-lock`);
  try {
    lock.exec(
      'pragma busy_timeout = 0; pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive',
    );
  } catch (thrown) {
    lock.close();
    throw thrown;
  }
  return { release: () => lock.close() };
}

export function isHeldByAnother(thrown: unknown): boolean {
  // Extended result codes carry the primary one in their lowest byte.
  const code = Number((thrown as { errcode?: unknown } | undefined)?.errcode ?? 0) & 0xff;
  return code === busy || code === locked;
}

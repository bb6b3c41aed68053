import type { Clock } from '@tapewatch/model';

/** A command waits this long for the disk before it says that it could not be kept. */
const patienceMs = 5_000;

/** What the work says of itself, or false when it takes longer than whoever gave a command waits for the disk. */
export function inTime(clock: Clock, work: Promise<boolean>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => resolve(false), patienceMs);
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}

import type { Clock, Timer } from '@tapewatch/model';

/** Node's timers reach less than 25 days; looking again every hour also follows a wall clock that is set. */
const longestWaitMs = 3_600_000;

/** Calls back once when the wall clock has come to `at`, however far away that is. */
export function atWallTime(clock: Clock, at: number, callback: () => void): Timer {
  const wait = (): Timer => clock.setTimeout(look, Math.min(longestWaitMs, Math.max(0, at - clock.now())));
  const look = (): void => {
    if (clock.now() >= at) callback();
    else timer = wait();
  };
  let timer = wait();
  return { cancel: () => timer.cancel() };
}

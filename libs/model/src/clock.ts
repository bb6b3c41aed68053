/** Time as an argument: the whole pipeline runs on one of these, so that a fake one can drive it. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. For labels, never for durations. */
  now(): number;
  /** Monotonic clock in milliseconds from an arbitrary start. For durations. */
  monotonic(): number;
  /** Calls back once after `delayMs` of monotonic time. */
  setTimeout(callback: () => void, delayMs: number): Timer;
}

export interface Timer {
  /** Idempotent; a cancelled timer never calls back. */
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(callback, delayMs) {
    const handle = setTimeout(callback, Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs`, or at once when the signal is aborted; never rejects. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const finish = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.setTimeout(finish, delayMs);
    signal?.addEventListener('abort', finish);
  });
}

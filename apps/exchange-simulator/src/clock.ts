/** Time as an argument, so that tests can drive a simulator by hand. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. What the venue tells its clients. */
  now(): number;
  /** Monotonic milliseconds from an arbitrary start. For durations and for the fault schedule. */
  monotonic(): number;
  /** Calls back once after `delayMs` of monotonic time. */
  setTimeout(callback: () => void, delayMs: number): Timer;
}

export interface Timer {
  /** Idempotent; a cancelled timer never calls back. */
  cancel(): void;
}

/** The machine's clock; its monotonic time counts from the start of the process. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(callback, delayMs) {
    const handle = setTimeout(callback, Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
};

import { delay } from '@tapewatch/model';
import type { Clock } from '@tapewatch/model';

/** Something that was opened. */
export interface Closer {
  /** For messages. */
  readonly what: string;
  /** How long the others wait for it. */
  readonly withinMs: number;
  readonly close: () => Promise<void>;
}

/**
 * How long each part may take: a little more than it promises for itself, and together less than the time after which the
 * process is ended by force. They are closed one after the other. The server first, so that no command is taken that is not
 * carried out; the simulator last, as its end is an outage to a pipeline that still judges.
 */
export const closeWithinMs = { server: 2_500, pipeline: 5_700, simulator: 900 } as const;

/** Closes them in this order. One that cannot be closed, or hangs, does not keep the others open; gives what went wrong. */
export async function closeAll(closers: readonly Closer[], clock: Clock): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (const closer of closers) {
    try {
      await closeInTime(closer, clock);
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}

async function closeInTime({ what, withinMs, close }: Closer, clock: Clock): Promise<void> {
  const closed = new AbortController();
  const overdue = delay(clock, withinMs, closed.signal).then(() => {
    if (!closed.signal.aborted) throw new Error(`${what} did not close within ${withinMs / 1000} s`);
  });
  try {
    await Promise.race([close(), overdue]);
  } finally {
    closed.abort();
  }
}

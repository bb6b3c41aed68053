import type { NotificationOutcome } from '@tapewatch/model';
import type { Notification } from '@tapewatch/plugin-sdk';
import type { LogEntry } from './notification-log.js';
import type { NotSent } from './not-sent.js';

/** One notification on its way. */
export interface Outgoing {
  readonly id: number;
  readonly channel: string;
  readonly notification: Notification;
  readonly attempts: number;
  readonly nextAttemptAt: number;
  /** From when on patience with it counts. */
  readonly queuedAt: number;
  /** The same on the monotonic clock, once a sender has it. */
  readonly queuedMs?: number;
}

export interface Flush {
  readonly groupKey: string;
  readonly receiver: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly entries: readonly { readonly channel: string; readonly entry: LogEntry }[];
  readonly outgoing: readonly Outgoing[];
  readonly notSent: readonly NotSent[];
}

export interface Attempt {
  readonly outcome: NotificationOutcome;
  readonly reason?: string;
  readonly attempts: number;
  readonly nextAttemptAt: number;
  readonly latencyMs: number;
}

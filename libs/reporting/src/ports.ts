import type { Alert, AlertEvent, HealthEvent } from '@tapewatch/model';

/** One episode with what happened to it inside the range that was asked for. */
export interface ReportedAlert {
  readonly alert: Alert;
  /** Of the first acknowledgement, also when it was taken back. */
  readonly firstAcknowledgedAt?: number;
  /** In the range, oldest first. */
  readonly events: readonly AlertEvent[];
}

export interface ReportAlerts {
  /** Every alert that fired at any time in [fromMs, toMs), one that ended at `fromMs` included, by the time it fired. */
  firedBetween(fromMs: number, toMs: number): Promise<readonly ReportedAlert[]>;
}

export interface ReportHealth {
  /** Of every component the newest change at or before `fromMs`, and every change in (fromMs, toMs), oldest first. */
  changesBetween(fromMs: number, toMs: number): Promise<readonly HealthEvent[]>;
}

/** What became of the notifications of one channel. */
export interface ChannelOutcomes {
  readonly channel: string;
  readonly sent: number;
  readonly retrying: number;
  readonly dead: number;
  readonly notSent: number;
}

export interface ReportNotifications {
  /** Of notifications made in [fromMs, toMs), by channel. */
  outcomesBetween(fromMs: number, toMs: number): Promise<readonly ChannelOutcomes[]>;
}

/** What is configured to be watched: what was not seen at all is missed only by who expects it. */
export interface Watched {
  readonly exchanges: readonly {
    readonly id: string;
    readonly venue: string;
    readonly symbols: readonly string[];
  }[];
  readonly components: readonly string[];
}

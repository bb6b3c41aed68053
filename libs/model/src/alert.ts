import type { Labels } from './labels.js';

export type AlertState = 'pending' | 'firing' | 'resolved' | 'inactive';
export type Severity = 'info' | 'warning' | 'critical';

/** Who has the alert in hand. */
export interface Acknowledgement {
  readonly by: string;
  readonly at: number;
  readonly note?: string;
  /** When the acknowledgement lapses by itself; without it, it ends with the alert. */
  readonly until?: number;
}

/** Which rule an alert comes from: state is restored by it, as Prometheus does by group, name and labels. */
export interface RuleRef {
  readonly group: string;
  readonly name: string;
}

/** One episode: from pending (or firing at once) to resolved or inactive. Times are milliseconds since the epoch. */
export interface Alert {
  /** Same rule, labels and start: same id. */
  readonly id: string;
  readonly fingerprint: string;
  readonly rule: RuleRef;
  readonly name: string;
  readonly state: AlertState;
  /** Alert labels without `__name__`, `alertname` included. */
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number;
  /** When it became pending. */
  readonly startsAt: number;
  readonly firedAt?: number;
  readonly endsAt?: number;
  /** Set while only keep_firing_for holds it. */
  readonly keepFiringSince?: number;
  readonly acknowledgement?: Acknowledgement;
  /** Ids of the silences that keep people from being told of it now; absent when there are none. */
  readonly silencedBy?: readonly string[];
  /** Ids of the alerts that inhibit it now; absent when there are none. */
  readonly inhibitedBy?: readonly string[];
  /** When a silence or an acknowledgement of it last ended while it went on; absent when none did. */
  readonly freedAt?: number;
  /** A person's name, or absent when the rule resolved it. */
  readonly resolvedBy?: string;
  readonly resolutionReason?: string;
}

export type AlertEventKind =
  | 'pending'
  | 'firing'
  | 'resolved'
  | 'inactive'
  | 'acknowledged'
  | 'unacknowledged'
  | 'silenced'
  | 'unsilenced'
  | 'inhibited'
  | 'uninhibited'
  /** An alert that was raised and held back by a limit on its name. */
  | 'suppressed'
  /** A later step of its route was taken, as nobody had it in hand. */
  | 'escalated';

/** One row of history. */
export interface AlertEvent {
  /** Grows with every event, never reused; what a subscriber hands back to continue. */
  readonly cursor: number;
  readonly at: number;
  readonly kind: AlertEventKind;
  readonly alertId: string;
  /** The alert's state after the event. */
  readonly state: AlertState;
  readonly by?: string;
  readonly note?: string;
}

/** What a rule found out in one evaluation about one of its alerts. */
export interface RuleTransition {
  readonly at: number;
  readonly kind: 'pending' | 'firing' | 'resolved' | 'inactive';
  readonly instance: AlertInstance;
}

/** What one group found out at one time. */
export interface Evaluation {
  readonly at: number;
  readonly group: string;
  /** Changes of state, in order. */
  readonly transitions: readonly RuleTransition[];
  /** Every alert of the group that is pending or firing now, with fresh value and annotations. */
  readonly active: readonly AlertInstance[];
}

/** A rule's own view of one alert: what its state machine needs to go on, and no more. */
export interface AlertInstance {
  readonly rule: RuleRef;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number;
  readonly state: 'pending' | 'firing';
  readonly startsAt: number;
  readonly firedAt?: number;
  readonly keepFiringSince?: number;
}

/** `severity` as a word of ours, or undefined for any other value of the label. */
export function severityOf(labels: Labels): Severity | undefined {
  const value = labels.get('severity');
  return value === 'info' || value === 'warning' || value === 'critical' ? value : undefined;
}

/** How one notification ended, or stands. */
export type NotificationOutcome = 'sent' | 'retrying' | 'dead' | 'not_sent';

import type { Alert, Clock, Language, Logger } from '@tapewatch/model';
import { isAcknowledged, isFiring } from './alert-state.js';
import type { Channel } from './channels/channel.js';
import { compose } from './messages/compose.js';
import type { Group } from './groups/group.js';
import { mutedBecause } from './routes/muting.js';
import { digest, endedBeforeTold, NotSentNotes, type HeldAlert, type NotSent } from './outbox/not-sent.js';
import { dueFor, nextEntry, type Due, type LogEntry } from './outbox/notification-log.js';
import type { Outgoing } from './outbox/outgoing.js';
import { putIntoWords } from './messages/put-into-words.js';
import type { ToldLog } from './outbox/told-log.js';

/** What the channels of a group are told, what is kept of it, and what is held back. */
export interface Decision {
  readonly entries: { channel: string; entry: LogEntry }[];
  readonly outgoing: Outgoing[];
  readonly notSent: NotSent[];
}

export interface DecisionsOptions {
  readonly told: ToldLog;
  /** A number for a notification. */
  readonly nextId: () => number;
  readonly externalUrl: () => string;
  readonly language?: Language;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The time at which a group is decided on. */
export interface DecisionTime {
  /** Monotonic. */
  readonly tickMs: number;
  /** Why its route tells nothing at this time. */
  readonly closed: string | undefined;
}

/** Decides what each channel of a group is told, from how its alerts stand and what it was told before. */
export class Decisions {
  readonly #options: DecisionsOptions;
  readonly #notes: NotSentNotes;

  constructor(options: DecisionsOptions) {
    this.#options = options;
    this.#notes = new NotSentNotes(options.nextId);
  }

  decide(group: Group, alerts: readonly Alert[], channels: readonly Channel[], time: DecisionTime): Decision {
    const decision: Decision = { entries: [], outgoing: [], notSent: [] };
    for (const channel of channels) this.decideFor(channel, group, alerts, time, decision);
    return decision;
  }

  /** What is newly held back from the channels of a group before anything is decided on. */
  heldBack(key: string, channels: readonly Channel[], held: HeldAlert): readonly NotSent[] {
    return channels.flatMap(({ name: channel }) => this.newlyHeld(key, channel, [held]));
  }

  /** Alerts that a group no longer has: being held back is news again. */
  forget(group: Group, channels: readonly Channel[], alertIds: readonly string[]): void {
    for (const { name: channel } of channels) this.#notes.forget({ channel, groupKey: group.key }, alertIds);
  }

  private decideFor(
    channel: Channel,
    group: Group,
    alerts: readonly Alert[],
    { closed, tickMs: nowMs }: DecisionTime,
    { entries, outgoing, notSent }: Decision,
  ): void {
    const now = this.#options.clock.now();
    const entry = this.#options.told.entry(group.key, channel.name);
    const held = heldOf(alerts, closed);
    notSent.push(...this.newlyHeld(group.key, channel.name, held));
    if (closed !== undefined) return;
    const heldAlerts = new Set(held.map(({ alert }) => alert));
    const open = alerts.filter((alert) => !heldAlerts.has(alert) && isNews(alert, entry));
    const due = dueOf(group, channel, open, entry, nowMs);
    // Another alert's news takes it along, as Alertmanager's do.
    const takenAlong = new Set(due === 'tell' && channel.sendResolved ? open : []);
    const late = alerts.filter((alert) => !takenAlong.has(alert) && isUnheard(alert, entry)).map(overTooSoon);
    notSent.push(...this.newlyHeld(group.key, channel.name, late));
    if (due === 'held') notSent.push(...this.newlyHeld(group.key, channel.name, open.filter(isFiring).map(inHand)));
    if (due !== 'tell' && due !== 'note') return;
    const next = nextEntry(entry, open, [...heldAlerts], { now, nowMs, told: due === 'tell' });
    entries.push({ channel: channel.name, entry: next });
    if (due === 'note') return;
    this.forget(
      group,
      [channel],
      open.map(({ id }) => id),
    );
    outgoing.push(this.notificationFor(group, channel, open, next.flush, now));
  }

  private newlyHeld(groupKey: string, channel: string, held: readonly HeldAlert[]): readonly NotSent[] {
    const { told, clock } = this.#options;
    const flush = told.entry(groupKey, channel)?.flush ?? 0;
    return this.#notes.newly({ channel, groupKey, flush }, held, clock.now());
  }

  private notificationFor(
    group: Group,
    channel: Channel,
    alerts: readonly Alert[],
    flush: number,
    now: number,
  ): Outgoing {
    const { nextId, externalUrl, language, logger } = this.#options;
    const notification = compose({
      idempotencyKey: `${channel.name}/${digest(group.key)}/${flush}`,
      receiver: group.route.receiver,
      groupKey: group.key,
      groupLabels: group.labels,
      alerts: channel.sendResolved ? alerts : alerts.filter(isFiring),
      externalUrl: externalUrl(),
      at: now,
      ...(language === undefined ? {} : { language }),
    });
    return {
      id: nextId(),
      channel: channel.name,
      notification: putIntoWords(notification, channel, logger),
      attempts: 0,
      nextAttemptAt: now,
      queuedAt: now,
    };
  }
}

function dueOf(
  group: Group,
  { sendResolved }: Channel,
  open: readonly Alert[],
  entry: LogEntry | undefined,
  nowMs: number,
): Due {
  const due = dueFor(entry, open, { sendResolved, repeatIntervalMs: group.route.repeatIntervalMs, nowMs });
  return group.remind && due !== 'tell' && open.some((alert) => isFiring(alert) && !isAcknowledged(alert))
    ? 'tell'
    : due;
}

/** What fires and may not be told. What has ended is told whatever mutes it, to those who heard that it fires. */
function heldOf(alerts: readonly Alert[], closed: string | undefined): readonly HeldAlert[] {
  return alerts.filter(isFiring).flatMap((alert) => {
    const reason = mutedBecause(alert) ?? closed;
    return reason === undefined ? [] : [{ alert, reason }];
  });
}

/** An end is told once; of an alert that ended while it was muted only to those who believe that it fires. */
function isNews(alert: Alert, entry: LogEntry | undefined): boolean {
  if (isFiring(alert) || entry?.firing.has(alert.id) === true) return true;
  return mutedBecause(alert) === undefined && isUnheard(alert, entry);
}

/** It began and ended between two times at which its group is told. */
function isUnheard(alert: Alert, entry: LogEntry | undefined): boolean {
  return !isFiring(alert) && entry?.firing.has(alert.id) !== true && entry?.resolved.has(alert.id) !== true;
}

function overTooSoon(alert: Alert): HeldAlert {
  return { alert, reason: mutedBecause(alert) ?? endedBeforeTold };
}

function inHand(alert: Alert): HeldAlert {
  return { alert, reason: `acknowledged by ${alert.acknowledgement?.by ?? ''}` };
}

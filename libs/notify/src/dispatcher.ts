import { createHash } from 'node:crypto';
import { Labels, messageOf, type Alert, type Clock, type Language, type Logger, type Timer } from '@tapewatch/model';
import type { Channel, Receiver } from './channel.js';
import { compose } from './compose.js';
import { dueFor, nextEntry, type LogEntry } from './notification-log.js';
import type { Outbox, Outgoing, StoredLogEntry } from './outbox.js';
import { defaults, groupLabels, type Route, type RouteTree } from './route-tree.js';

interface Group {
  readonly key: string;
  readonly route: Route;
  readonly labels: Labels;
  readonly alerts: Map<string, Alert>;
  /** When it may be flushed next, on the monotonic clock. */
  nextFlushAtMs: number;
  /** Something has changed since the last flush. */
  changed: boolean;
  /** An acknowledgement has ended while its alert still fires: tell again. */
  remind: boolean;
  flushing: boolean;
}

export interface DispatcherOptions {
  readonly routes: RouteTree;
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly outbox: Outbox;
  /** Takes a notification for sending. */
  readonly send: (outgoing: Outgoing) => void;
  /** How long notifications are kept. */
  readonly notificationsKeptMs: number;
  readonly externalUrl: () => string;
  readonly language?: Language;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often groups are looked at for repeats and intervals that have passed. */
const roundMs = 1_000;
/** Longer than any sensible repeat interval: what was not told for so long is over. */
const logKeptAtLeastMs = 30 * 86_400_000;

/** Routes alerts into groups and decides, group by group, what each channel is to be told. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #groups = new Map<string, Group>();
  /** By group and channel. */
  readonly #log = new Map<string, LogEntry>();
  #stored: readonly StoredLogEntry[] = [];
  #nextId = 1;
  #timer: Timer | undefined;
  #failing = false;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** False while the newest attempt to write has failed. */
  get durable(): boolean {
    return !this.#failing;
  }

  /** Reads what was told before; returns the ids of alerts that channels believe to be firing. */
  async open(): Promise<ReadonlySet<string>> {
    const { outbox } = this.#options;
    // At least as long as its notifications: a group that began to count anew would give their keys out again.
    const keptMs = Math.max(logKeptAtLeastMs, this.#options.notificationsKeptMs);
    await outbox.forgetBefore(this.#options.clock.now() - keptMs);
    this.#stored = await outbox.logEntries();
    for (const { groupKey, channel, entry } of this.#stored) this.#log.set(logKey(groupKey, channel), entry);
    this.#nextId = (await outbox.lastId()) + 1;
    return new Set([...this.#log.values()].flatMap(({ firing }) => [...firing]));
  }

  /**
   * Closes groups that routes no longer lead to, after a change of the config: whoever was told that something fires is told that it has
   * ended; what still fires elsewhere is struck from them.
   */
  async closeForsaken(ended: readonly Alert[]): Promise<void> {
    const endedById = new Map(ended.map((alert) => [alert.id, alert]));
    const forsaken = this.#stored.filter(({ groupKey, entry }) => entry.firing.size > 0 && !this.#groups.has(groupKey));
    this.#stored = [];
    for (const { groupKey, channel, receiver, groupLabels: record, entry } of forsaken) {
      const alerts = [...entry.firing].flatMap((id) => endedById.get(id) ?? []);
      const group = newGroup(groupKey, { ...defaults, key: groupKey, receiver }, Labels.of(record), 0);
      if (alerts.length === 0) {
        const struck: LogEntry = { ...entry, firing: new Set() };
        this.#log.set(logKey(groupKey, channel), struck);
        await this.keep(group, [{ channel, entry: struck }], []);
        continue;
      }
      for (const alert of alerts) group.alerts.set(alert.id, alert);
      this.#groups.set(groupKey, group);
      this.flush(group);
    }
  }

  /** A number for a notification that belongs to no group. */
  nextId(): number {
    return this.#nextId++;
  }

  start(): void {
    this.#timer ??= this.#options.clock.setTimeout(() => this.round(), roundMs);
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await Promise.all(this.#underWay);
  }

  /** Takes alerts whose state may have to be told, and tells at once what may be told at once. */
  dispatch(alerts: readonly Alert[]): void {
    const touched = new Set<Group>();
    for (const alert of alerts)
      for (const route of this.#options.routes.routesFor(alert.labels)) {
        const group = this.take(alert, route);
        if (group !== undefined) touched.add(group);
      }
    const nowMs = this.#options.clock.monotonic();
    for (const group of touched) if (group.nextFlushAtMs <= nowMs) this.flush(group);
  }

  /** An end of which the group's channels never heard the beginning is no news. */
  private take(alert: Alert, route: Route): Group | undefined {
    const labels = groupLabels(route, alert.labels);
    const key = `${route.key}:${labels.toString()}`;
    let group = this.#groups.get(key);
    if (alert.state !== 'firing' && group?.alerts.has(alert.id) !== true && !this.toldFiring(key, route, alert.id))
      return undefined;
    if (group === undefined) {
      const sinceFiredMs = this.#options.clock.now() - (alert.firedAt ?? alert.startsAt);
      const nextFlushAtMs =
        this.#options.clock.monotonic() + Math.min(route.groupWaitMs, route.groupWaitMs - sinceFiredMs);
      group = newGroup(key, route, labels, nextFlushAtMs);
      this.#groups.set(key, group);
    }
    const before = group.alerts.get(alert.id);
    if (before?.acknowledgement !== undefined && alert.acknowledgement === undefined && alert.state === 'firing')
      group.remind = true;
    group.alerts.set(alert.id, alert);
    group.changed = true;
    return group;
  }

  private toldFiring(groupKey: string, route: Route, alertId: string): boolean {
    const channels = this.#options.receivers.get(route.receiver)?.channels ?? [];
    return channels.some(({ name }) => this.#log.get(logKey(groupKey, name))?.firing.has(alertId) === true);
  }

  private round(): void {
    this.#timer = this.#options.clock.setTimeout(() => this.round(), roundMs);
    const now = this.#options.clock.now();
    const nowMs = this.#options.clock.monotonic();
    for (const group of this.#groups.values()) {
      if (group.nextFlushAtMs <= nowMs && (group.changed || this.repeats(group, now))) this.flush(group);
    }
  }

  private repeats(group: Group, now: number): boolean {
    return this.channelsOf(group).some((channel) => this.due(group, channel, now) !== 'nothing');
  }

  private flush(group: Group): void {
    // One flush of a group at a time, so that its numbers stay in order; what changes meanwhile goes into the next.
    if (group.flushing) return;
    group.flushing = true;
    const work = this.tell(group).finally(() => {
      group.flushing = false;
      this.#underWay.delete(work);
    });
    this.#underWay.add(work);
  }

  private async tell(group: Group): Promise<void> {
    const now = this.#options.clock.now();
    const alerts = [...group.alerts.values()];
    const entries: { channel: string; entry: LogEntry }[] = [];
    const outgoing: Outgoing[] = [];
    for (const channel of this.channelsOf(group)) {
      const due = group.remind ? 'tell' : this.due(group, channel, now);
      if (due === 'nothing') continue;
      const entry = nextEntry(this.#log.get(logKey(group.key, channel.name)), alerts, now, due === 'tell');
      entries.push({ channel: channel.name, entry });
      if (due === 'tell') outgoing.push(this.notificationFor(group, channel, alerts, entry.flush, now));
    }
    group.changed = false;
    group.remind = false;
    group.nextFlushAtMs = this.#options.clock.monotonic() + group.route.groupIntervalMs;
    for (const { channel, entry } of entries) this.#log.set(logKey(group.key, channel), entry);
    if (entries.length > 0) await this.keep(group, entries, outgoing);
    for (const one of outgoing) this.#options.send(one);
    this.forgetEnded(group, alerts);
  }

  private due(group: Group, channel: Channel, now: number): ReturnType<typeof dueFor> {
    return dueFor(this.#log.get(logKey(group.key, channel.name)), [...group.alerts.values()], {
      sendResolved: channel.sendResolved,
      repeatIntervalMs: group.route.repeatIntervalMs,
      now,
    });
  }

  private notificationFor(
    group: Group,
    channel: Channel,
    alerts: readonly Alert[],
    flush: number,
    now: number,
  ): Outgoing {
    const notification = compose({
      idempotencyKey: `${channel.name}/${createHash('sha256').update(group.key).digest('hex').slice(0, 16)}/${flush}`,
      receiver: group.route.receiver,
      groupKey: group.key,
      groupLabels: group.labels,
      alerts: channel.sendResolved ? alerts : alerts.filter(({ state }) => state === 'firing'),
      externalUrl: this.#options.externalUrl(),
      at: now,
      ...(this.#options.language === undefined ? {} : { language: this.#options.language }),
    });
    return { id: this.nextId(), channel: channel.name, notification, attempts: 0, nextAttemptAt: now };
  }

  /** People are told also when this cannot be written: then a crash may repeat the notification, under the same key. */
  private async keep(
    group: Group,
    entries: readonly { channel: string; entry: LogEntry }[],
    outgoing: readonly Outgoing[],
  ): Promise<void> {
    const { outbox, logger } = this.#options;
    try {
      await outbox.flush({
        groupKey: group.key,
        receiver: group.route.receiver,
        groupLabels: group.labels.toObject(),
        entries,
        outgoing,
      });
      if (this.#failing) logger.info({}, 'the outbox can be written again');
      this.#failing = false;
    } catch (thrown) {
      if (!this.#failing)
        logger.error({ error: messageOf(thrown) }, 'the outbox cannot be written; sending from memory');
      this.#failing = true;
    }
  }

  private forgetEnded(group: Group, told: readonly Alert[]): void {
    for (const alert of told)
      if (alert.state !== 'firing' && group.alerts.get(alert.id) === alert) group.alerts.delete(alert.id);
    if (group.alerts.size === 0) this.#groups.delete(group.key);
  }

  private channelsOf(group: Group): readonly Channel[] {
    return this.#options.receivers.get(group.route.receiver)?.channels ?? [];
  }
}

function newGroup(key: string, route: Route, labels: Labels, nextFlushAtMs: number): Group {
  return { key, route, labels, alerts: new Map(), nextFlushAtMs, changed: false, remind: false, flushing: false };
}

function logKey(groupKey: string, channel: string): string {
  return `${channel}\u0000${groupKey}`;
}

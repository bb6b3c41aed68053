import { Labels, type Alert, type Clock, type Language, type Logger } from '@tapewatch/model';
import type { Channel, Receiver } from './channel.js';
import { compose } from './compose.js';
import { Escalations } from './escalations.js';
import { Group, groupId, groupKey } from './group.js';
import { closedBecause, mutedBecause, mutingIntervals, untilNextMinute, type TimeWindows } from './muting.js';
import { dueFor, nextEntry, type Due, type LogEntry } from './notification-log.js';
import { digest, endedBeforeTold, NotSentNotes, type HeldAlert, type NotSent } from './not-sent.js';
import type { Outbox, StoredLogEntry } from './outbox.js';
import type { Outgoing } from './outgoing.js';
import { putIntoWords } from './put-into-words.js';
import { defaults, groupLabels, type Route, type RouteTree } from './route-tree.js';
import { ToldLog } from './told-log.js';

/** Who is told what; changes while the program runs. */
export interface Routing {
  readonly routes: RouteTree;
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly timeWindows: TimeWindows;
}

/** Alerts that are told together, as they stand. */
export interface GroupView {
  readonly receiver: string;
  readonly labels: Labels;
  /** Those that fire. */
  readonly alerts: readonly Alert[];
  /** Why its route tells nothing at present: the names of time intervals. */
  readonly mutedBy: readonly string[];
}

export interface DispatcherOptions extends Routing {
  readonly outbox: Outbox;
  /** Takes a notification for sending. */
  readonly send: (outgoing: Outgoing) => void;
  /** An alert as it is now, with its newest value and annotations; the one that was dispatched where that is not known. */
  readonly current?: (alertId: string) => Alert | undefined;
  /** A later step of a route was taken for an alert; `note` says which. */
  readonly escalated: (alertId: string, note: string) => void;
  /** Told of everything that was noted as not sent. */
  readonly heldBack: (notSent: readonly NotSent[]) => void;
  /** How long notifications are kept. */
  readonly notificationsKeptMs: number;
  readonly externalUrl: () => string;
  readonly language?: Language;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a flush came to. */
interface Decision {
  readonly entries: { channel: string; entry: LogEntry }[];
  readonly outgoing: Outgoing[];
  readonly notSent: NotSent[];
}

/** No timer waits longer: neither a very long repeat interval nor a very late step overflows one. */
const longestWaitMs = 86_400_000;

/** Routes alerts into groups and decides, group by group, what each channel is to be told. */
export class Dispatcher {
  readonly #options: Omit<DispatcherOptions, keyof Routing>;
  #routing: Routing;
  /** By id; twins among routes have a group each. */
  readonly #groups = new Map<string, Group>();
  readonly #told: ToldLog;
  readonly #notes: NotSentNotes;
  readonly #escalations: Escalations;
  #stored: readonly StoredLogEntry[] = [];
  #nextId = 1;
  #started = false;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#routing = options;
    this.#told = new ToldLog(options.outbox, options.logger);
    this.#notes = new NotSentNotes(() => this.nextId());
    this.#escalations = new Escalations({
      clock: options.clock,
      wasTaken: (alert, route) => this.heardOf(alert, route),
      take: (alert, route, note) => {
        this.put(alert, route);
        options.escalated(alert.id, note);
      },
    });
  }

  /** False while the newest attempt to write has failed. */
  get durable(): boolean {
    return this.#told.durable;
  }

  /** Reads what was told before; returns the ids of alerts that channels believe to be firing. */
  async open(): Promise<ReadonlySet<string>> {
    const { outbox, clock, notificationsKeptMs } = this.#options;
    this.#stored = await this.#told.open(clock, notificationsKeptMs);
    this.#nextId = (await outbox.lastId()) + 1;
    return new Set(this.#stored.flatMap(({ entry }) => [...entry.firing]));
  }

  /**
   * Goes on with other routes and receivers. Groups that are still led to keep what they know and when they are told; every alert goes the
   * way it has now. What was told on ways that are gone is closed, as after a restart.
   */
  async reroute(routing: Routing): Promise<void> {
    const before = [...this.#groups.values()];
    this.#routing = routing;
    this.#groups.clear();
    this.#escalations.clear();
    const alerts = new Map(before.flatMap((group) => [...group.alerts]));
    const old = new Map(before.map((group) => [groupId(group.route, group.labels), group]));
    for (const group of before) group.timer?.cancel();
    for (const alert of alerts.values())
      for (const route of this.#routing.routes.routesFor(alert.labels))
        for (const one of [route, ...this.#escalations.follow(alert, route)]) this.regroup(alert, one, old);
    for (const group of this.#groups.values()) this.look(group);
    this.#stored = await this.#options.outbox.logEntries(this.#options.clock);
    await this.closeForsaken([...alerts.values()].filter((alert) => !isFiring(alert)));
  }

  /** Of an alert that has ended, those are told who heard that it fires: its old group knows. */
  private regroup(alert: Alert, route: Route, old: ReadonlyMap<string, Group>): void {
    const labels = groupLabels(route, alert.labels);
    const id = groupId(route, labels);
    const known = old.get(id);
    if (known !== undefined && !this.#groups.has(id)) {
      known.route = route;
      for (const one of [...known.alerts.keys()]) if (one !== alert.id) known.alerts.delete(one);
      this.#groups.set(id, known);
    }
    this.take(alert, route);
  }

  /** Names of the receivers to which routes lead from these labels. */
  receiversFor(labels: Labels): readonly string[] {
    return this.#routing.routes.routesFor(labels).map(({ receiver }) => receiver);
  }

  /** Every group in which something fires. */
  groups(): readonly GroupView[] {
    const now = this.#options.clock.now();
    return [...this.#groups.values()].flatMap((group) => {
      const alerts = this.newest(group).filter(isFiring);
      const mutedBy = mutingIntervals(group.route, this.#routing.timeWindows, now);
      return alerts.length === 0 ? [] : [{ receiver: group.route.receiver, labels: group.labels, alerts, mutedBy }];
    });
  }

  /**
   * Closes groups that routes no longer lead to, after a change of the config: whoever was told that something fires is told that it has
   * ended; what still fires elsewhere is struck from them.
   */
  async closeForsaken(ended: readonly Alert[]): Promise<void> {
    const endedById = new Map(ended.map((alert) => [alert.id, alert]));
    const led = new Set(
      [...this.#groups.values()].flatMap(({ key, route }) =>
        this.channelsOf(route).map(({ name }) => `${name} ${key}`),
      ),
    );
    const forsaken = this.#stored.filter(
      ({ groupKey, channel, entry }) => entry.firing.size > 0 && !led.has(`${channel} ${groupKey}`),
    );
    this.#stored = [];
    for (const { groupKey: key, channel, receiver, groupLabels: record, entry } of forsaken) {
      const alerts = [...entry.firing].flatMap((id) => endedById.get(id) ?? []);
      const route = { ...defaults, id: `forsaken/${key}`, key, receiver };
      const group = new Group(route, key, Labels.of(record), this.#options.clock.monotonic());
      if (alerts.length === 0) {
        await this.keep(group, {
          entries: [{ channel, entry: { ...entry, firing: new Set() } }],
          outgoing: [],
          notSent: [],
        });
        continue;
      }
      for (const alert of alerts) group.alerts.set(alert.id, alert);
      this.#groups.set(groupId(route, group.labels), group);
      this.flush(group);
    }
  }

  /** A number for a notification that belongs to no group. */
  nextId(): number {
    return this.#nextId++;
  }

  /** Timers run from now on. */
  start(): void {
    this.#started = true;
    for (const group of this.#groups.values()) this.schedule(group);
    this.#escalations.start();
  }

  async stop(): Promise<void> {
    this.#started = false;
    this.#escalations.stop();
    for (const group of this.#groups.values()) group.timer?.cancel();
    await Promise.all(this.#underWay);
  }

  /** Takes alerts whose state may have to be told, and tells at once what may be told at once. */
  dispatch(alerts: readonly Alert[]): void {
    const touched = new Set<Group>();
    for (const alert of alerts)
      for (const route of this.#routing.routes.routesFor(alert.labels)) {
        const steps = this.#escalations.follow(alert, route);
        for (const one of [route, ...steps]) {
          const group = this.take(alert, one);
          if (group !== undefined) touched.add(group);
        }
      }
    for (const group of touched) this.look(group);
  }

  /** Notes that an alert was held back before it came here. Never rejects. */
  async suppressed(alert: Alert, reason: string): Promise<void> {
    const now = this.#options.clock.now();
    const notSent = this.#routing.routes.routesFor(alert.labels).flatMap((route) => {
      const key = groupKey(route, groupLabels(route, alert.labels));
      return this.channelsOf(route).flatMap(({ name }) => {
        const flush = this.#told.entry(key, name)?.flush ?? 0;
        return this.#notes.newly({ channel: name, groupKey: key, flush }, [{ alert, reason }], now);
      });
    });
    if (notSent.length === 0) return;
    this.#options.heldBack(notSent);
    await this.#told.keep(undefined, { entries: [], outgoing: [], notSent });
  }

  private put(alert: Alert, route: Route): void {
    const group = this.take(alert, route);
    if (group !== undefined) this.look(group);
  }

  /** An end of which the group's channels never heard the beginning is no news. */
  private take(alert: Alert, route: Route): Group | undefined {
    const labels = groupLabels(route, alert.labels);
    const id = groupId(route, labels);
    let group = this.#groups.get(id);
    if (alert.state !== 'firing' && group?.alerts.has(alert.id) !== true && !this.heardOf(alert, route))
      return undefined;
    if (group === undefined) {
      group = new Group(route, groupKey(route, labels), labels, this.firstFlush(alert, route));
      this.#groups.set(id, group);
    }
    if (isFreed(alert, group.alerts.get(alert.id), this.toldAt(group, alert))) group.remind = true;
    group.alerts.set(alert.id, alert);
    group.changed = true;
    return group;
  }

  /** At once when the alert has fired for longer than the group wait already, as Alertmanager does it. */
  private firstFlush({ firedAt, startsAt }: Alert, { groupWaitMs }: Route): number {
    const { clock } = this.#options;
    const sinceFiredMs = Math.max(0, clock.now() - (firedAt ?? startsAt));
    return clock.monotonic() + (sinceFiredMs > groupWaitMs ? 0 : groupWaitMs);
  }

  private heardOf(alert: Alert, route: Route): boolean {
    const key = groupKey(route, groupLabels(route, alert.labels));
    return (
      this.#groups.get(groupId(route, groupLabels(route, alert.labels)))?.alerts.has(alert.id) === true ||
      this.channelsOf(route).some(({ name }) => this.#told.entry(key, name)?.firing.has(alert.id) === true)
    );
  }

  /** When those who believe that an alert fires were last told of its group; undefined: nobody does. */
  private toldAt(group: Group, { id }: Alert): number | undefined {
    const times = this.channelsOf(group.route).flatMap(({ name }) => {
      const entry = this.#told.entry(group.key, name);
      return entry?.firing.has(id) === true ? [entry.at] : [];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  private look(group: Group): void {
    if (group.tickFrom(this.#options.clock.monotonic()) <= this.#options.clock.monotonic()) this.flush(group);
    else this.schedule(group);
  }

  /** Sets the timer of a group to the next time at which there may be something to tell. */
  private schedule(group: Group): void {
    const { clock } = this.#options;
    group.timer?.cancel();
    group.timer = undefined;
    if (!this.#started || group.flushing || group.alerts.size === 0) return;
    const nowMs = clock.monotonic();
    const wanted = group.changed ? nowMs : group.closed ? nowMs + untilNextMinute(clock.now()) : this.repeatAt(group);
    if (wanted === undefined) return;
    const tickMs = group.tickFrom(Math.max(wanted, nowMs));
    group.timer = clock.setTimeout(
      () => {
        group.timer = undefined;
        // As of the tick: a timer that is a moment late must not put a repeat off by a whole interval.
        this.flush(group, Math.min(tickMs, clock.monotonic()));
      },
      Math.min(longestWaitMs, tickMs - nowMs),
    );
  }

  /** When the first repeat falls due, of those that are not held back already. */
  private repeatAt(group: Group): number | undefined {
    const firing = [...group.alerts.values()].filter((alert) => isAudible(alert));
    if (firing.length === 0) return undefined;
    const times = this.channelsOf(group.route).flatMap(({ name }) => {
      const entry = this.#told.entry(group.key, name);
      if (entry === undefined) return [];
      const dueMs = entry.atMs + group.route.repeatIntervalMs;
      // What was due and was not told is held back until an acknowledgement ends, which comes as a change.
      return dueMs <= this.#options.clock.monotonic() && firing.every(isAcknowledged) ? [] : [dueMs];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  private flush(group: Group, tickMs = this.#options.clock.monotonic()): void {
    // One flush of a group at a time, so that its numbers stay in order; what changes meanwhile goes into the next.
    if (group.flushing) return;
    group.timer?.cancel();
    group.flushing = true;
    const work = this.tell(group, tickMs).finally(() => {
      group.flushing = false;
      this.#underWay.delete(work);
      this.schedule(group);
    });
    this.#underWay.add(work);
  }

  private async tell(group: Group, tickMs: number): Promise<void> {
    const { clock } = this.#options;
    const alerts = this.newest(group);
    const closed = closedBecause(group.route, this.#routing.timeWindows, clock.now());
    const decision: Decision = { entries: [], outgoing: [], notSent: [] };
    for (const channel of this.channelsOf(group.route))
      this.decide(group, channel, alerts, { closed, tickMs }, decision);
    group.changed = false;
    group.closed = closed !== undefined;
    if (closed === undefined) group.remind = false;
    group.flushedAt(tickMs);
    for (const { channel, entry } of decision.entries) this.#told.note(group.key, channel, entry);
    await this.keep(group, decision);
    for (const one of decision.outgoing) this.#options.send(one);
    this.forgetEnded(group, alerts);
  }

  /** Values and annotations change with every evaluation, of which nobody hears: what fires is told as it is now. */
  private newest({ alerts }: Group): readonly Alert[] {
    const { current } = this.#options;
    for (const [id, alert] of alerts) {
      const now = isFiring(alert) ? current?.(id) : undefined;
      if (now !== undefined && isFiring(now)) alerts.set(id, now);
    }
    return [...alerts.values()];
  }

  /** What one channel is told of a group, and what is held back from it. */
  private decide(
    group: Group,
    channel: Channel,
    alerts: readonly Alert[],
    { closed, tickMs: nowMs }: { readonly closed: string | undefined; readonly tickMs: number },
    { entries, outgoing, notSent }: Decision,
  ): void {
    const now = this.#options.clock.now();
    const entry = this.#told.entry(group.key, channel.name);
    const place = { channel: channel.name, groupKey: group.key, flush: entry?.flush ?? 0 };
    const held = heldOf(alerts, closed);
    notSent.push(...this.#notes.newly(place, held, now));
    if (closed !== undefined) return;
    const heldAlerts = new Set(held.map(({ alert }) => alert));
    const open = alerts.filter((alert) => !heldAlerts.has(alert) && isNews(alert, entry));
    const due = this.due(group, channel, open, entry, nowMs);
    // Another alert's news takes it along, as Alertmanager's do.
    const late = due === 'tell' && channel.sendResolved ? [] : open.flatMap((alert) => tooLate(alert, entry));
    notSent.push(...this.#notes.newly(place, late, now));
    if (due === 'held') notSent.push(...this.#notes.newly(place, open.filter(isFiring).map(inHand), now));
    if (due !== 'tell' && due !== 'note') return;
    const next = nextEntry(entry, open, [...heldAlerts], { now, nowMs, told: due === 'tell' });
    entries.push({ channel: channel.name, entry: next });
    if (due === 'note') return;
    this.#notes.forget(
      place,
      open.map(({ id }) => id),
    );
    outgoing.push(this.notificationFor(group, channel, open, next.flush, now));
  }

  private due(
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

  private notificationFor(
    group: Group,
    channel: Channel,
    alerts: readonly Alert[],
    flush: number,
    now: number,
  ): Outgoing {
    const notification = compose({
      idempotencyKey: `${channel.name}/${digest(group.key)}/${flush}`,
      receiver: group.route.receiver,
      groupKey: group.key,
      groupLabels: group.labels,
      alerts: channel.sendResolved ? alerts : alerts.filter(isFiring),
      externalUrl: this.#options.externalUrl(),
      at: now,
      ...(this.#options.language === undefined ? {} : { language: this.#options.language }),
    });
    const worded = putIntoWords(notification, channel, this.#options.logger);
    return {
      id: this.nextId(),
      channel: channel.name,
      notification: worded,
      attempts: 0,
      nextAttemptAt: now,
      queuedAt: now,
    };
  }

  private async keep(group: Group, decision: Decision): Promise<void> {
    this.#options.heldBack(decision.notSent);
    await this.#told.keep({ key: group.key, receiver: group.route.receiver, labels: group.labels }, decision);
  }

  /** While a route is closed, ends wait whose beginnings were told. */
  private forgetEnded(group: Group, told: readonly Alert[]): void {
    for (const alert of told) {
      if (isFiring(alert) || group.alerts.get(alert.id) !== alert) continue;
      if (group.closed && this.#told.believesFiring(group.key, this.channelsOf(group.route), alert.id)) continue;
      group.alerts.delete(alert.id);
      for (const { name } of this.channelsOf(group.route))
        this.#notes.forget({ channel: name, groupKey: group.key }, [alert.id]);
    }
    if (group.alerts.size === 0) this.#groups.delete(groupId(group.route, group.labels));
  }

  private channelsOf({ receiver }: Route): readonly Channel[] {
    return this.#routing.receivers.get(receiver)?.channels ?? [];
  }
}

function isFiring({ state }: Alert): boolean {
  return state === 'firing';
}

function isAcknowledged({ acknowledgement }: Alert): boolean {
  return acknowledgement !== undefined;
}

function isAudible(alert: Alert): boolean {
  return isFiring(alert) && mutedBecause(alert) === undefined;
}

/** A silence or an acknowledgement has ended since people were told, and nothing else keeps it quiet. */
function isFreed(alert: Alert, before: Alert | undefined, toldAt: number | undefined): boolean {
  if (!isAudible(alert) || isAcknowledged(alert)) return false;
  // It may have ended while the program was away, or right before that.
  if (before === undefined) return toldAt !== undefined && alert.freedAt !== undefined && alert.freedAt > toldAt;
  return isAcknowledged(before) || (before.silencedBy !== undefined && before.silencedBy.length > 0);
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
  return mutedBecause(alert) === undefined && entry?.resolved.has(alert.id) !== true;
}

/** Nobody hears of an alert that began and ended between two times at which its group is told. */
function tooLate(alert: Alert, entry: LogEntry | undefined): readonly HeldAlert[] {
  return isFiring(alert) || entry?.firing.has(alert.id) === true ? [] : [{ alert, reason: endedBeforeTold }];
}

function inHand(alert: Alert): HeldAlert {
  return { alert, reason: `acknowledged by ${alert.acknowledgement?.by ?? ''}` };
}

import { Labels, type Alert, type Clock, type Language, type Logger } from '@tapewatch/model';
import { AlertGroups, type GroupView, type Routing } from './groups/alert-groups.js';
import { isAcknowledged, isFiring } from './alert-state.js';
import { Decisions, type Decision } from './decisions.js';
import { Escalations } from './groups/escalations.js';
import { Group, groupKey } from './groups/group.js';
import { closedBecause, isAudible, untilNextMinute } from './routes/muting.js';
import type { NotSent } from './outbox/not-sent.js';
import type { Outbox, StoredLogEntry } from './outbox/outbox.js';
import type { Outgoing } from './outbox/outgoing.js';
import { defaults, groupLabels } from './routes/route-tree.js';
import { ToldLog } from './outbox/told-log.js';

export interface DispatcherOptions {
  readonly routing: Routing;
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

/** No timer waits longer: neither a very long repeat interval nor a very late step overflows one. */
const longestWaitMs = 86_400_000;

/** Takes alerts into their groups and, when the time of a group has come, puts what was decided on into the outbox. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #told: ToldLog;
  readonly #groups: AlertGroups;
  readonly #decisions: Decisions;
  readonly #escalations: Escalations;
  #stored: readonly StoredLogEntry[] = [];
  #nextId = 1;
  #started = false;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#told = new ToldLog(options.outbox, options.logger);
    this.#groups = new AlertGroups({ ...options, told: this.#told });
    this.#decisions = new Decisions({ ...options, told: this.#told, nextId: () => this.nextId() });
    this.#escalations = new Escalations({
      clock: options.clock,
      wasTaken: (alert, route) => this.#groups.haveHeard(alert, route),
      take: (alert, route, note) => {
        this.look(this.#groups.take(alert, route));
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

  /** Goes on with other routes and receivers. What was told on ways that are gone is closed, as after a restart. */
  async reroute(routing: Routing): Promise<void> {
    this.#escalations.clear();
    const alerts = this.#groups.reroute(routing, (alert, route) => this.#escalations.follow(alert, route));
    for (const group of this.#groups.all) this.look(group);
    this.#stored = await this.#options.outbox.logEntries(this.#options.clock);
    await this.closeForsaken(alerts.filter((alert) => !isFiring(alert)));
  }

  /** Names of the receivers to which routes lead from these labels. */
  receiversFor(labels: Labels): readonly string[] {
    return this.#groups.routesFor(labels).map(({ receiver }) => receiver);
  }

  /** Every group in which something fires. */
  groups(): readonly GroupView[] {
    return this.#groups.views();
  }

  /**
   * Closes groups that routes no longer lead to, after a change of the config: whoever was told that something fires is told that it has
   * ended; what still fires elsewhere is struck from them.
   */
  async closeForsaken(ended: readonly Alert[]): Promise<void> {
    const endedById = new Map(ended.map((alert) => [alert.id, alert]));
    const led = new Set(
      this.#groups.all.flatMap(({ key, route }) => this.#groups.channelsOf(route).map(({ name }) => `${name} ${key}`)),
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
        const entries = [{ channel, entry: { ...entry, firing: new Set<string>() } }];
        await this.keep(group, { entries, outgoing: [], notSent: [] });
        continue;
      }
      for (const alert of alerts) group.alerts.set(alert.id, alert);
      this.#groups.add(group);
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
    for (const group of this.#groups.all) this.schedule(group);
    this.#escalations.start();
  }

  async stop(): Promise<void> {
    this.#started = false;
    this.#escalations.stop();
    for (const group of this.#groups.all) group.timer?.cancel();
    await Promise.all(this.#underWay);
  }

  /** Takes alerts whose state may have to be told, and tells at once what may be told at once. */
  dispatch(alerts: readonly Alert[]): void {
    const touched = new Set<Group>();
    for (const alert of alerts)
      for (const route of this.#groups.routesFor(alert.labels)) {
        const steps = this.#escalations.follow(alert, route);
        for (const one of [route, ...steps]) {
          const group = this.#groups.take(alert, one);
          if (group !== undefined) touched.add(group);
        }
      }
    for (const group of touched) this.look(group);
  }

  /** Notes that an alert was held back before it came here. Never rejects. */
  async suppressed(alert: Alert, reason: string): Promise<void> {
    const notSent = this.#groups.routesFor(alert.labels).flatMap((route) => {
      const key = groupKey(route, groupLabels(route, alert.labels));
      return this.#decisions.heldBack(key, this.#groups.channelsOf(route), { alert, reason });
    });
    if (notSent.length === 0) return;
    this.#options.heldBack(notSent);
    await this.#told.keep(undefined, { entries: [], outgoing: [], notSent });
  }

  private look(group: Group | undefined): void {
    if (group === undefined) return;
    const nowMs = this.#options.clock.monotonic();
    if (group.tickFrom(nowMs) <= nowMs) this.flush(group);
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
    const firing = [...group.alerts.values()].filter(isAudible);
    if (firing.length === 0) return undefined;
    const times = this.#groups.channelsOf(group.route).flatMap(({ name }) => {
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
    const alerts = this.#groups.newest(group);
    const channels = this.#groups.channelsOf(group.route);
    const closed = closedBecause(group.route, this.#groups.timeWindows, this.#options.clock.now());
    const decision = this.#decisions.decide(group, alerts, channels, { closed, tickMs });
    group.changed = false;
    group.closed = closed !== undefined;
    if (closed === undefined) group.remind = false;
    group.flushedAt(tickMs);
    for (const { channel, entry } of decision.entries) this.#told.note(group.key, channel, entry);
    await this.keep(group, decision);
    for (const one of decision.outgoing) this.#options.send(one);
    const dropped = this.#groups.dropEnded(group, alerts);
    this.#decisions.forget(group, this.#groups.channelsOf(group.route), dropped);
  }

  private async keep(group: Group, decision: Decision): Promise<void> {
    this.#options.heldBack(decision.notSent);
    await this.#told.keep({ key: group.key, receiver: group.route.receiver, labels: group.labels }, decision);
  }
}

import type { Alert, Clock, Labels } from '@tapewatch/model';
import { isAcknowledged, isFiring } from '../alert-state.js';
import type { Channel, Receiver } from '../channels/channel.js';
import { Group, groupId, groupKey } from './group.js';
import { isAudible, mutingIntervals, type TimeWindows } from '../routes/muting.js';
import { groupLabels, type Route, type RouteTree } from '../routes/route-tree.js';
import type { ToldLog } from '../outbox/told-log.js';

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

export interface AlertGroupsOptions {
  readonly routing: Routing;
  readonly told: ToldLog;
  /** An alert as it is now, with its newest value and annotations; the one that was taken where that is not known. */
  readonly current?: (alertId: string) => Alert | undefined;
  readonly clock: Clock;
}

/** Keeps which alerts are told together, on every route that leads from their labels. */
export class AlertGroups {
  readonly #told: ToldLog;
  readonly #current: (alertId: string) => Alert | undefined;
  readonly #clock: Clock;
  #routing: Routing;
  /** By id; twins among routes have a group each. */
  readonly #groups = new Map<string, Group>();

  constructor({ routing, told, current = () => undefined, clock }: AlertGroupsOptions) {
    this.#routing = routing;
    this.#told = told;
    this.#current = current;
    this.#clock = clock;
  }

  get all(): readonly Group[] {
    return [...this.#groups.values()];
  }

  get timeWindows(): TimeWindows {
    return this.#routing.timeWindows;
  }

  routesFor(labels: Labels): readonly Route[] {
    return this.#routing.routes.routesFor(labels);
  }

  channelsOf({ receiver }: Route): readonly Channel[] {
    return this.#routing.receivers.get(receiver)?.channels ?? [];
  }

  /** Every group in which something fires. */
  views(): readonly GroupView[] {
    const now = this.#clock.now();
    return this.all.flatMap((group) => {
      const alerts = this.newest(group).filter(isFiring);
      const mutedBy = mutingIntervals(group.route, this.timeWindows, now);
      return alerts.length === 0 ? [] : [{ receiver: group.route.receiver, labels: group.labels, alerts, mutedBy }];
    });
  }

  /** Adds an alert as it is now to its group on a route. An end of which the group's channels never heard the beginning is no news. */
  take(alert: Alert, route: Route): Group | undefined {
    const labels = groupLabels(route, alert.labels);
    const id = groupId(route, labels);
    let group = this.#groups.get(id);
    if (!isFiring(alert) && !this.haveHeard(alert, route)) return undefined;
    if (group === undefined) {
      group = new Group(route, groupKey(route, labels), labels, this.firstFlush(alert, route));
      this.#groups.set(id, group);
    }
    if (isFreed(alert, group.alerts.get(alert.id), this.toldAt(group, alert))) group.remind = true;
    group.alerts.set(alert.id, alert);
    group.changed = true;
    return group;
  }

  /** Puts a group beside those that alerts make. */
  add(group: Group): void {
    this.#groups.set(groupId(group.route, group.labels), group);
  }

  /** Whether the group of an alert on a route holds it, or a channel of the route believes that it fires. */
  haveHeard(alert: Alert, route: Route): boolean {
    const labels = groupLabels(route, alert.labels);
    return (
      this.#groups.get(groupId(route, labels))?.alerts.has(alert.id) === true ||
      this.#told.believesFiring(groupKey(route, labels), this.channelsOf(route), alert.id)
    );
  }

  /** When those who believe that an alert fires were last told of its group; undefined: nobody does. */
  private toldAt({ key, route }: Group, { id }: Alert): number | undefined {
    const times = this.channelsOf(route).flatMap(({ name }) => {
      const entry = this.#told.entry(key, name);
      return entry?.firing.has(id) === true ? [entry.at] : [];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Values and annotations change with every evaluation, of which nobody hears: what fires is told as it is now. */
  newest({ alerts }: Group): readonly Alert[] {
    for (const [id, alert] of alerts) {
      const now = isFiring(alert) ? this.fires(id) : this.freed(alert);
      if (now !== undefined) alerts.set(id, now);
    }
    return [...alerts.values()];
  }

  /** Which of two that end together ends first is chance: an end is inhibited only while what inhibits it still fires. */
  private freed(alert: Alert): Alert {
    const { inhibitedBy, ...others } = alert;
    const left = inhibitedBy?.filter((id) => this.fires(id) !== undefined) ?? [];
    if (left.length === (inhibitedBy?.length ?? 0)) return alert;
    return left.length === 0 ? others : { ...others, inhibitedBy: left };
  }

  private fires(id: string): Alert | undefined {
    const alert = this.#current(id);
    return alert !== undefined && isFiring(alert) ? alert : undefined;
  }

  /**
   * Drops what has ended and was told, and the group when nothing is left in it; returns the ids. While a route is closed, ends wait whose
   * beginnings were told.
   */
  dropEnded(group: Group, told: readonly Alert[]): readonly string[] {
    const dropped: string[] = [];
    for (const alert of told) {
      if (isFiring(alert) || group.alerts.get(alert.id) !== alert) continue;
      if (group.closed && this.#told.believesFiring(group.key, this.channelsOf(group.route), alert.id)) continue;
      group.alerts.delete(alert.id);
      dropped.push(alert.id);
    }
    if (group.alerts.size === 0) this.#groups.delete(groupId(group.route, group.labels));
    return dropped;
  }

  /**
   * Goes on with other routes and receivers, and returns every alert that was in a group. Groups that are still led to keep what they know
   * and when they are told; every alert goes the way it has now. `stepsOf` gives the later steps of a route that an alert has taken already.
   */
  reroute(routing: Routing, stepsOf: (alert: Alert, route: Route) => readonly Route[]): readonly Alert[] {
    const old = new Map(this.#groups);
    const alerts = new Map([...old.values()].flatMap((group) => [...group.alerts]));
    this.#routing = routing;
    this.#groups.clear();
    for (const group of old.values()) group.timer?.cancel();
    for (const alert of alerts.values())
      for (const route of this.routesFor(alert.labels))
        for (const one of [route, ...stepsOf(alert, route)]) this.regroup(alert, one, old);
    return [...alerts.values()];
  }

  /** Of an alert that has ended, those are told who heard that it fires: its old group knows. */
  private regroup(alert: Alert, route: Route, old: ReadonlyMap<string, Group>): void {
    const id = groupId(route, groupLabels(route, alert.labels));
    const known = old.get(id);
    if (known !== undefined && !this.#groups.has(id)) {
      known.route = route;
      for (const one of [...known.alerts.keys()]) if (one !== alert.id) known.alerts.delete(one);
      this.#groups.set(id, known);
    }
    this.take(alert, route);
  }

  /** At once when the alert has fired for longer than the group wait already, as Alertmanager does it. */
  private firstFlush({ firedAt, startsAt }: Alert, { groupWaitMs }: Route): number {
    const sinceFiredMs = Math.max(0, this.#clock.now() - (firedAt ?? startsAt));
    return this.#clock.monotonic() + (sinceFiredMs > groupWaitMs ? 0 : groupWaitMs);
  }
}

/** A silence or an acknowledgement has ended since people were told, and nothing else keeps it quiet. */
function isFreed(alert: Alert, before: Alert | undefined, toldAt: number | undefined): boolean {
  if (!isAudible(alert) || isAcknowledged(alert)) return false;
  // It may have ended while the program was away, or right before that.
  if (before === undefined) return toldAt !== undefined && alert.freedAt !== undefined && alert.freedAt > toldAt;
  return isAcknowledged(before) || (before.silencedBy !== undefined && before.silencedBy.length > 0);
}

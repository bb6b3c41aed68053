import type { Alert, Labels, Timer } from '@tapewatch/model';
import type { Route } from '../routes/route-tree.js';

/** Alerts that are told together: those of one route that agree in its grouping labels. Times are on the monotonic clock. */
export class Group {
  /** Alertmanager's group key, which is told and by which the log is kept: twins among routes share it. */
  readonly key: string;
  /** Another one of the same id after a change of the config. */
  route: Route;
  readonly labels: Labels;
  readonly alerts = new Map<string, Alert>();
  /** Something has changed since the last flush. */
  changed = false;
  /** A silence or an acknowledgement has ended while its alert still fires: tell again. */
  remind = false;
  /** The last flush told nothing because the route was closed at its time. */
  closed = false;
  flushing = false;
  /** Waits for the next time at which the group is worth a look. */
  timer: Timer | undefined;
  readonly #firstFlushMs: number;
  #lastFlushMs: number | undefined;

  constructor(route: Route, key: string, labels: Labels, firstFlushMs: number) {
    this.route = route;
    this.key = key;
    this.labels = labels;
    this.#firstFlushMs = firstFlushMs;
  }

  /**
   * The first time from `notBeforeMs` on at which the group may be told of. As Alertmanager's group timer: first when the group wait is
   * over, then every group interval, whatever happens between; a route without a written interval only keeps its distance.
   */
  tickFrom(notBeforeMs: number): number {
    const { groupIntervalMs, prompt } = this.route;
    const last = this.#lastFlushMs;
    if (last === undefined) return Math.max(this.#firstFlushMs, notBeforeMs);
    if (prompt) return Math.max(last + groupIntervalMs, notBeforeMs);
    const intervals = Math.ceil((notBeforeMs - this.#firstFlushMs) / groupIntervalMs);
    const tick = this.#firstFlushMs + Math.max(1, intervals) * groupIntervalMs;
    return tick > last ? tick : tick + groupIntervalMs;
  }

  flushedAt(nowMs: number): void {
    this.#lastFlushMs = nowMs;
  }
}

/** Tells groups apart, twins included. */
export function groupId(route: Route, labels: Labels): string {
  return `${route.id}:${labels.toString()}`;
}

export function groupKey(route: Route, labels: Labels): string {
  return `${route.key}:${labels.toString()}`;
}

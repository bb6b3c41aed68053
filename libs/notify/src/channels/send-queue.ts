import type { Outgoing } from '../outbox/outgoing.js';

/** What the queue knows of one group. Times are on the monotonic clock. */
interface Lane {
  busy: boolean;
  failures: number;
  notBeforeMs: number;
}

/** Notifications that wait for one channel, in order; of each group one at a time, so that its order is kept. */
export class SendQueue {
  readonly #waiting: Outgoing[] = [];
  readonly #lanes = new Map<string, Lane>();

  get size(): number {
    return this.#waiting.length;
  }

  /** Everything that waits or is in hand, in order. */
  all(): readonly Outgoing[] {
    return [...this.#waiting];
  }

  push(outgoing: Outgoing, notBeforeMs: number): void {
    this.#waiting.push(outgoing);
    const lane = this.lane(outgoing);
    lane.failures = Math.max(lane.failures, outgoing.attempts);
    lane.notBeforeMs = Math.max(lane.notBeforeMs, notBeforeMs);
  }

  /** The first that may be sent now, and takes it in hand; or how long until there may be one, Infinity when that depends on others. */
  take(nowMs: number): Outgoing | number {
    const passed = new Set<string>();
    let waitMs = Infinity;
    for (const outgoing of this.#waiting) {
      const key = outgoing.notification.groupKey;
      if (passed.has(key)) continue;
      passed.add(key);
      const lane = this.lane(outgoing);
      if (lane.busy) continue;
      if (lane.notBeforeMs <= nowMs) {
        lane.busy = true;
        return outgoing;
      }
      waitMs = Math.min(waitMs, lane.notBeforeMs - nowMs);
    }
    return waitMs;
  }

  /** It is out of hand and out of the queue: sent, or given up. */
  done(outgoing: Outgoing): void {
    this.drop(outgoing);
    const lane = this.lane(outgoing);
    Object.assign(lane, { busy: false, failures: 0, notBeforeMs: 0 });
    if (!this.#waiting.some(({ notification }) => notification.groupKey === outgoing.notification.groupKey))
      this.#lanes.delete(outgoing.notification.groupKey);
  }

  /** It stays first of its group, as `again`; where others wait, too, it lets them go first for as long as `pauseMs` says. */
  failed(outgoing: Outgoing, again: Outgoing, pauseMs: (failures: number) => number, nowMs: number): void {
    const place = this.#waiting.indexOf(outgoing);
    if (place >= 0) this.#waiting[place] = again;
    const lane = this.lane(outgoing);
    lane.busy = false;
    lane.failures++;
    lane.notBeforeMs = this.#lanes.size > 1 ? nowMs + pauseMs(lane.failures) : nowMs;
  }

  /** Takes out the oldest that is not being sent. */
  dropOldest(): Outgoing | undefined {
    const oldest = this.#waiting.find((outgoing) => !this.lane(outgoing).busy);
    if (oldest !== undefined) this.drop(oldest);
    return oldest;
  }

  private drop(outgoing: Outgoing): void {
    const place = this.#waiting.indexOf(outgoing);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  private lane({ notification: { groupKey } }: Outgoing): Lane {
    let lane = this.#lanes.get(groupKey);
    if (lane === undefined) {
      lane = { busy: false, failures: 0, notBeforeMs: 0 };
      this.#lanes.set(groupKey, lane);
    }
    return lane;
  }
}

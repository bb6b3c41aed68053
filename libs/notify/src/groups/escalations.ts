import { formatDuration, type Alert, type Clock, type Timer } from '@tapewatch/model';
import { mutedBecause } from '../routes/muting.js';
import { escalationRoute, type Route } from '../routes/route-tree.js';

export interface EscalationsOptions {
  readonly clock: Clock;
  /** The step's receiver knows of the alert already. */
  readonly wasTaken: (alert: Alert, step: Route) => boolean;
  /** Tells the step's receiver of the alert. */
  readonly take: (alert: Alert, step: Route, note: string) => void;
}

interface Pending {
  readonly alert: Alert;
  readonly step: Route;
  readonly note: string;
  /** Monotonic. */
  readonly dueMs: number;
}

const longestWaitMs = 86_400_000;

/**
 * The later steps of routes: whom to tell of an alert that fires and that nobody has acknowledged. What is due follows from when the alert
 * began to fire and what was told, so that it survives a kill; time during which a person had the alert in hand, or it was muted, does not count, and
 * neither does what the wall clock is set by.
 */
export class Escalations {
  readonly #options: EscalationsOptions;
  readonly #pending = new Map<string, Pending>();
  /** From when the time of alerts that fire counts, on the monotonic clock. */
  readonly #since = new Map<string, number>();
  /** Alerts that need nobody now, as they were seen last. */
  readonly #quiet = new Set<string>();
  #started = false;
  #timer: Timer | undefined;

  constructor(options: EscalationsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#started = true;
    this.schedule();
  }

  /** Forgets what was to come: routes have changed, and every alert is followed anew. */
  clear(): void {
    this.#pending.clear();
    this.schedule();
  }

  stop(): void {
    this.#started = false;
    this.#timer?.cancel();
  }

  /** Takes an alert that goes a route as it is now; returns the steps that are taken already, which want to hear of every change. */
  follow(alert: Alert, route: Route): readonly Route[] {
    if (route.escalate.length === 0) return [];
    const steps = route.escalate.map((_, i) => escalationRoute(route, i)).filter((step) => step !== undefined);
    const needsNobody = alert.acknowledgement !== undefined || mutedBecause(alert) !== undefined;
    const sinceMs = this.since(alert, needsNobody);
    const taken: Route[] = [];
    for (const [i, step] of steps.entries()) {
      const key = `${step.id}\u0000${alert.id}`;
      const known = this.#options.wasTaken(alert, step);
      if (known) taken.push(step);
      if (known || needsNobody || alert.state !== 'firing') {
        this.#pending.delete(key);
        continue;
      }
      const afterMs = route.escalate[i]?.afterMs ?? 0;
      const dueMs = this.#pending.get(key)?.dueMs ?? sinceMs + afterMs;
      const note = `${step.receiver} is told: nobody has acknowledged it within ${formatDuration(afterMs)}`;
      this.#pending.set(key, { alert, step, dueMs, note });
    }
    this.schedule();
    return taken;
  }

  /** From when its time counts, on the monotonic clock. */
  private since({ id, state, firedAt, startsAt }: Alert, needsNobody: boolean): number {
    const { clock } = this.#options;
    const freed = this.#quiet.delete(id) && !needsNobody;
    if (needsNobody && state === 'firing') this.#quiet.add(id);
    const known = freed ? clock.monotonic() : this.#since.get(id);
    const sinceMs = known ?? clock.monotonic() - Math.max(0, clock.now() - (firedAt ?? startsAt));
    if (state === 'firing') this.#since.set(id, sinceMs);
    else this.#since.delete(id);
    return sinceMs;
  }

  private schedule(): void {
    const { clock } = this.#options;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#started || this.#pending.size === 0) return;
    let firstMs = Infinity;
    for (const { dueMs } of this.#pending.values()) firstMs = Math.min(firstMs, dueMs);
    const waitMs = Math.min(longestWaitMs, Math.max(0, firstMs - clock.monotonic()));
    this.#timer = clock.setTimeout(() => this.takeDue(), waitMs);
  }

  private takeDue(): void {
    const nowMs = this.#options.clock.monotonic();
    const due = [...this.#pending].filter(([, { dueMs }]) => dueMs <= nowMs);
    for (const [key, { alert, step, note }] of due) {
      this.#pending.delete(key);
      if (!this.#options.wasTaken(alert, step)) this.#options.take(alert, step, note);
    }
    this.schedule();
  }
}

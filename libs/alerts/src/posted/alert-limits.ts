import type { Alert } from '@tapewatch/model';

/** How many alerts of one name a program may raise. */
export interface AlertLimit {
  /** Of the alerts; `*` = every name that has no limit of its own, each counted by itself. */
  readonly name: string;
  /** Most new alerts within the window; absent: any number. */
  readonly maxAlerts?: number;
  readonly windowMs: number;
  /** Nothing new while one of the same name, severity and title is active. */
  readonly preventDuplicates: boolean;
}

/** A new alert that asks to be let in. */
export interface Candidate {
  readonly name: string;
  readonly severity: string;
  readonly title: string;
}

/** Counts new alerts by name, in a window that moves along. In memory: a restart begins to count anew from what history tells it. */
export class AlertLimits {
  readonly #limits: ReadonlyMap<string, AlertLimit>;
  /** Times of new alerts within the window, oldest first. */
  readonly #begun = new Map<string, number[]>();

  constructor(limits: readonly AlertLimit[]) {
    this.#limits = new Map(limits.map((limit) => [limit.name, limit]));
  }

  /** How far back `count` has to be told of alerts that began before the start. */
  get longestWindowMs(): number {
    return Math.max(0, ...[...this.#limits.values()].map(({ windowMs }) => windowMs));
  }

  /** Why a new alert is held back; undefined when it may begin. `active` is asked only where it matters. */
  reasonAgainst(candidate: Candidate, active: () => Iterable<Alert>, now: number): string | undefined {
    const limit = this.limitOf(candidate.name);
    if (limit === undefined) return undefined;
    if (limit.preventDuplicates) {
      const twin = [...active()].find((alert) => isSame(alert, candidate));
      if (twin !== undefined) return `duplicate of ${twin.id}: same name, severity and title, and still active`;
    }
    const { maxAlerts, windowMs } = limit;
    if (maxAlerts === undefined || this.within(candidate.name, windowMs, now).length < maxAlerts) return undefined;
    return `rate limit: ${maxAlerts} alerts of this name within ${windowMs / 1000} s`;
  }

  /** A new alert of this name has begun. */
  count(name: string, at: number): void {
    const limit = this.limitOf(name);
    if (limit?.maxAlerts === undefined) return;
    this.#begun.set(name, [...this.within(name, limit.windowMs, at), at]);
  }

  private limitOf(name: string): AlertLimit | undefined {
    return this.#limits.get(name) ?? this.#limits.get('*');
  }

  private within(name: string, windowMs: number, now: number): readonly number[] {
    // A clock that was set back must not hold alerts back for longer than the window.
    return (this.#begun.get(name) ?? []).filter((at) => at > now - windowMs && at <= now + windowMs);
  }
}

/** Who has no title in words has its summary. */
export function titleOf(annotations: Readonly<Record<string, string>>): string {
  return annotations['title'] ?? annotations['summary'] ?? '';
}

function isSame({ name, labels, annotations, state }: Alert, candidate: Candidate): boolean {
  return (
    state === 'firing' &&
    name === candidate.name &&
    labels.get('severity') === candidate.severity &&
    titleOf(annotations) === candidate.title
  );
}
